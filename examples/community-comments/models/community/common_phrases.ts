import { check, dataset, model, sql, t } from "sluice";

/** Words of a phrase. */
const [SHORTEST, LONGEST] = [2, 4];
/** Phrases told per network and week, and those that compete for it. */
const [TOLD, CANDIDATES] = [30, 300];
/** A phrase that is said so often as part of a longer one (as a share) is not told beside it. */
const SWALLOWED = 0.8;

/**
 * Counting all phrases of all comments would make some three hundred million rows of ten million comments.
 * `staging.wordings` keeps it small: comments of up to twelve words, each different one once, with its
 * number as weight. A comment counts once for a phrase, even if it repeats it.
 */
export default model({
  description: "The thirty phrases of two to four words said most often, by network and week",
  owner: "community-team",
  story: "most-common-comments",
  inputs: { wordings: dataset("staging.wordings") },
  columns: {
    network: t.text().key(),
    week: t.date().key().describe("Its Monday, UTC"),
    phrase: t.text().key(),
    words: t.integer().min(SHORTEST).max(LONGEST),
    times: t.integer().min(2).describe("Comments it occurs in"),
    place: t.integer().min(1).max(TOLD).describe("1 for the most common"),
  },
  checks: [check.rowCount({ min: 1 })],
  query: ({ wordings }) => sql`
    with said as (
      select
        ${wordings.network} as network,
        ${wordings.week} as week,
        string_split(${wordings.wording}, ' ') as said,
        ${wordings.times} as times
      from ${wordings}
      where ${wordings.words} >= ${SHORTEST}
    ),
    phrases as (
      select
        network,
        week,
        times,
        unnest(list_distinct(flatten([
          [array_to_string(said[first : first + length - 1], ' ') for first in range(1, len(said) - length + 2)]
          for length in range(${SHORTEST}, ${LONGEST + 1})
        ]))) as phrase
      from said
    ),
    counted as (
      select network, week, phrase, cast(sum(times) as bigint) as times
      from phrases
      group by network, week, phrase
      having sum(times) > 1
    ),
    candidates as (
      select *
      from counted
      qualify row_number() over (partition by network, week order by times desc, phrase) <= ${CANDIDATES}
    ),
    swallowed as (
      select distinct short.network, short.week, short.phrase
      from candidates as short
      join candidates as long
        on long.network = short.network
        and long.week = short.week
        and long.times >= ${SWALLOWED} * short.times
        and long.phrase <> short.phrase
        and contains(' ' || long.phrase || ' ', ' ' || short.phrase || ' ')
    ),
    ranked as (
      select *, row_number() over (partition by network, week order by times desc, phrase) as place
      from candidates
      anti join swallowed using (network, week, phrase)
    )
    select network, week, phrase, len(string_split(phrase, ' ')) as words, times, place
    from ranked
    where place <= ${TOLD}
    order by network, week, place`,
});
