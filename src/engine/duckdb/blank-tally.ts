/** Counts coded blanks of a batch while it is read: no row costs more for it than one that has some. */
import type { Contract } from "./contract.ts";
import type { Database } from "./database.ts";
import { gate } from "./gate-tables.ts";
import type { LandingScan } from "./landing-scan.ts";
import type { PreparedFile } from "./prepare-landing.ts";

type Blanks = Readonly<Record<string, number>>;

export class BlankTally {
  readonly #database: Database;
  readonly #scan: LandingScan;
  readonly #blanks: Contract["blanks"];

  constructor(database: Database, scan: LandingScan, { blanks }: Contract) {
    this.#database = database;
    this.#scan = scan;
    this.#blanks = blanks;
  }

  /**
   * A case that no row falls under, before all others: a row with a blank counts itself on the way, as refused rows do.
   * Empty where the contract has none.
   */
  get counting(): string {
    if (this.#blanks.length === 0) return "";
    const record = this.#scan.breaks ? "broken is null and " : "";
    const counted = this.#blanks.map(
      ({ met }, at) => `case when ${record}(${met}) then nextval(${this.#sequence(at, "'")}) end`,
    );
    return `when concat(${counted.join(", ")}, '') is null then false`;
  }

  async start(): Promise<void> {
    for (const at of this.#blanks.keys())
      await this.#database.run(`create or replace sequence ${this.#sequence(at, '"')}`);
  }

  /** What was counted, by file. Only where a batch of several files has blanks are they looked at again, for whose they are. */
  async byFile({ files }: { readonly files: readonly PreparedFile[] }): Promise<ReadonlyMap<number, Blanks>> {
    const found = await this.#total();
    const [first, ...others] = files;
    if (Object.keys(found).length === 0 || first === undefined) return new Map();
    if (others.length === 0) return new Map([[first.order, found]]);
    const columns = this.#blanks.filter(({ column }) => Object.hasOwn(found, column));
    const record = this.#scan.breaks ? "broken is null and " : "";
    const sums = columns.map(({ met }, at) => `count(case when ${record}(${met}) then 1 end) as b${at}`);
    const rows = await this.#database.all<Record<string, number | bigint>>(`
      select f.number, ${columns.map((_, at) => `s.b${at}`).join(", ")}
      from (select path, ${sums.join(", ")} from (${this.#scan.sql}) group by path) s join ${gate.files} f using (path)`);
    const blanks = rows.map((row) => {
      const own = counted(columns.map(({ column }, at) => [column, Number(row[`b${at}`])] as const));
      return [Number(row["number"]), own] as const;
    });
    return new Map(blanks.filter(([, own]) => Object.keys(own).length > 0));
  }

  async #total(): Promise<Blanks> {
    if (this.#blanks.length === 0) return {};
    const next = this.#blanks.map((_, at) => `nextval(${this.#sequence(at, "'")}) as b${at}`);
    const row = await this.#database.one<Record<string, bigint>>(`select ${next.join(", ")}`);
    for (const at of this.#blanks.keys())
      await this.#database.run(`drop sequence ${this.#sequence(at, '"')}`);
    return counted(this.#blanks.map(({ column }, at) => [column, Number(row[`b${at}`]) - 1] as const));
  }

  #sequence(at: number, quote: "'" | '"'): string {
    return `${quote}${gate.blanks}_${at}${quote}`;
  }
}

const counted = (blanks: readonly (readonly [string, number])[]): Blanks =>
  Object.fromEntries(blanks.filter(([, values]) => values > 0));
