import { parse } from "pg-connection-string";
import type { ClientConfig } from "pg";
import { SluiceError } from "../errors.ts";

/** Where a state in PostgreSQL is. */
export interface PostgresPlace {
  readonly client: ClientConfig;
  /** The schema that holds the state's tables. */
  readonly schema: string;
  /** The address as it may be shown: without a password. */
  readonly shown: string;
}

/** Read an address. What it leaves out comes from the `PG…` variables and the password file. Errors: `state-unreachable`. */
export function readPostgresUrl(url: string): PostgresPlace {
  try {
    const address = new URL(url);
    const schema = address.searchParams.get("schema") ?? "sluice";
    address.searchParams.delete("schema");
    const { host, port, user, password, database, ssl } = parse(address.href);
    const shown = new URL(address);
    shown.password = "";
    shown.search = "";
    return {
      client: {
        ...(host ? { host } : {}),
        ...(port ? { port: Number(port) } : {}),
        ...(user ? { user } : {}),
        ...(password ? { password } : {}),
        ...(database ? { database } : {}),
        ...(ssl === undefined ? {} : { ssl: ssl as NonNullable<ClientConfig["ssl"]> }),
      },
      schema,
      shown: shown.href,
    };
  } catch {
    // The error of a URL repeats it, and there may be a password in it.
    throw new SluiceError("state-unreachable", "the state's address is not one of PostgreSQL", {
      hint: "write it as postgres://user@host:5432/database, with the password in PGPASSWORD or ~/.pgpass",
    });
  }
}
