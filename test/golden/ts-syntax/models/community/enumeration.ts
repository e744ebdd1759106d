import { model, sql } from "sluice";

enum Colour {
  Red,
}

export default model({ query: () => sql`select ${Colour.Red} as one` });
