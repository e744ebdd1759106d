/** A source that code fetches, from a real HTTP server, page by page. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PageServer, pageServer } from "./page-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Fetches the pages after its cursor, and the last one once more only if it was not full. */
const comments = (
  url: string,
  body = "t.text().minLength(1)",
): string => `import { generator, source, t } from "sluice";
export default source({
  owner: "community-team",
  from: generator(async function* ({ cursor, signal }) {
    let page: number | null = ((cursor as number | undefined) ?? 0) + 1;
    while (page !== null) {
      const response: Response = await fetch(\`${url}?page=\${page}\`, { signal });
      if (!response.ok) throw new Error(\`the network answered \${response.status}\`);
      const { records, next } = await response.json() as { records: unknown[]; next: number | null };
      if (records.length > 0) yield { records, cursor: page };
      page = next;
    }
  }),
  columns: { id: t.integer().key(), body: ${body} },
  quarantine: { warn: 1, stop: 1 },
});
`;

const loud = "select id, upper(body) as body from raw.comments";

let server: PageServer;
let project: ProjectOnDisk;
beforeAll(async () => {
  server = await pageServer();
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/comments.ts": comments(server.url),
    "models/community/loud.sql": loud,
  });
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const bodies = async (): Promise<readonly unknown[]> =>
  (await project.query("select body from community.loud order by id")).map(({ body }) => body);

test("every page is asked for, once", async () => {
  server.publish([
    { id: 1, body: "one" },
    { id: 2, body: "two" },
  ]);
  server.publish([{ id: 3, body: "three" }, { id: 4, body: "" }, "no object"]);
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, release: 1, built: ["raw.comments", "community.loud"] });
  expect(ran.rows["raw.comments"]).toMatchObject({ received: 5, accepted: 3 });
  expect(server.asked()).toEqual([1, 2]);
  expect(await bodies()).toEqual(["ONE", "TWO", "THREE"]);
});

test("the next run asks only for what is new, and where nothing is, publishes nothing", async () => {
  expect(await project.run()).toMatchObject({ code: 0, release: null, built: [] });
  expect(server.asked()).toEqual([3]);
  server.publish([{ id: 5, body: "five" }]);
  const ran = await project.run();
  expect(server.asked()).toEqual([3]);
  expect(ran).toMatchObject({ code: 0, release: 2 });
  expect(ran.rows["raw.comments"]).toMatchObject({ received: 6, accepted: 4 });
  expect(await bodies()).toEqual(["ONE", "TWO", "THREE", "FIVE"]);
});

test("one that throws midway publishes nothing of it; the next run carries on from the last release", async () => {
  server.publish([{ id: 6, body: "six" }]);
  server.publish([{ id: 7, body: "seven" }]);
  server.fail(5);
  const stopped = await project.run();
  expect(stopped).toMatchObject({ code: 1, release: null, built: [], failed: ["raw.comments"] });
  const incident = stopped.events.find(({ type }) => type === "incident");
  expect(incident?.["message"]).toContain("the network answered 503");
  expect(incident?.["owner"]).toBe("community-team");
  expect(await bodies()).toEqual(["ONE", "TWO", "THREE", "FIVE"]);
  server.asked();

  server.fail(undefined);
  expect(await project.run()).toMatchObject({ code: 0, release: 3, failed: [] });
  expect(server.asked()).toEqual([4, 5]);
  expect(await bodies()).toEqual(["ONE", "TWO", "THREE", "FIVE", "SIX", "SEVEN"]);
});

test("a changed contract reads the kept raw records again, without asking for them", async () => {
  await project.write({ "sources/raw/comments.ts": comments(server.url, "t.text()") });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 0, failed: [] });
  expect(server.asked()).toEqual([6]);
  expect(ran.rows["raw.comments"]).toMatchObject({ received: 8, accepted: 7 });
  expect(await bodies()).toEqual(["ONE", "TWO", "THREE", "", "FIVE", "SIX", "SEVEN"]);
});
