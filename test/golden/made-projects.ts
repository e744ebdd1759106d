import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Projects with files that no repository should hold: strange names, strange bytes, sheer size. */
export const madeProjects: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  "odd-names": {
    'models/community/say "hi".sql': "select 1 as one",
    "models/community/two words.sql": "select 1 as one",
    "models/community/a'; drop table x; --.sql": "select 1 as one",
    "models/community/...sql": "select 1 as one",
    "models/community/..sql": "select 1 as one",
    "models/community/a..b.sql": "select 1 as one",
    "models/com.munity/a.sql": "select 1 as one",
    "models/1st/a.sql": "select 1 as one",
    "models/community/1st.sql": "select 1 as one",
    "models/main/a.sql": "select 1 as one",
    "models/memory/a.sql": "select 1 as one",
    "models/information_schema/a.sql": "select 1 as one",
    "models/community/a__quarantine.sql": "select 1 as one",
    "models/community/größe.sql": "select 1 as one",
    "models/community/\u001b[31mred.sql": "select 1 as one",
    "models/flat.sql": "select 1 as one",
    "consumers/a b.ts": "export default 1;",
    "consumers/deep/a.ts": "export default 1;",
    "stories/a.b.md": "---\ntitle: A\n---\n",
    "models/community/.hidden.sql": "not read",
    "models/community/select.sql": "select 1 as one",
    "models/community/reads_select.sql": 'select one from community."select"',
  },
  "latin-1": {
    "models/community/a.sql": latin1("-- fine\nselect 'Größe' as name from raw.comments\n"),
    "sources/raw/b.ts": latin1("// Bücher\nexport default 1;\n"),
    "stories/c.md": latin1("---\ntitle: Grüße\n---\n"),
    "models/community/after.sql": "select name from community.a",
    "models/community/serves.sql": "/*---\nstory: c\n---*/\nselect id from raw.comments",
  },
  "nul-bytes": {
    "models/community/a.sql": "select id,\n  'x\0y' as name from raw.comments\n",
    "models/community/b.sql": '/*---\nowner: "a\0b"\n---*/\nselect id from raw.comments\n',
    "models/community/c.sql": "\0",
  },
  "large-sql": {
    "models/community/a.sql": `select id from raw.comments where id in (${Array.from({ length: 110_000 }, (_, i) => `'${i}'`).join(", ")})`,
    "models/community/b.sql": `select '${"x".repeat(1 << 20)}' as long, boddy from raw.comments`,
    "models/community/c.sql": `select id from raw.comments where body = '${"x".repeat(1 << 20)}`,
  },
  "deep-sql": {
    "models/community/a.sql": nested(500),
    "models/community/b.sql": nested(300),
    "models/community/c.sql": `select ${"(".repeat(50_000)}1${")".repeat(50_000)} as one`,
    "models/community/after.sql": "select id from community.b",
  },
};

const configuration = 'import { project } from "sluice";\n\nexport default project({ name: "golden" });\n';

const comments = `import { files, source, t } from "sluice";

export default source({ from: files("landing/*.ndjson"), columns: { id: t.text().key(), body: t.text() } });
`;

/** Write a made project below a directory. */
export function makeProject(name: string, directory: string): void {
  const files = {
    "sluice.config.ts": configuration,
    "sources/raw/comments.ts": comments,
    ...madeProjects[name],
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function nested(depth: number): string {
  return `${"select * from (".repeat(depth)}select id from raw.comments${")".repeat(depth)}`;
}
