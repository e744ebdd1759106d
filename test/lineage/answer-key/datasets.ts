/** Short names of the key, the datasets they stand for, and their columns. */
export const datasets: readonly (readonly [
  short: string,
  id: string,
  columns: Readonly<Record<string, string>>,
])[] = [
  [
    "people",
    "shop.people",
    { id: "BIGINT", name: "VARCHAR", age: "BIGINT", city: "VARCHAR", boss: "BIGINT", born: "DATE" },
  ],
  [
    "orders",
    "shop.orders",
    {
      id: "BIGINT",
      person: "BIGINT",
      amount: "DECIMAL(18,2)",
      state: "VARCHAR",
      at: "TIMESTAMP",
      item: "VARCHAR",
    },
  ],
  [
    "items",
    "shop.items",
    {
      item: "VARCHAR",
      price: "DOUBLE",
      tags: "VARCHAR[]",
      size: "STRUCT(w DOUBLE, h DOUBLE)",
      extra: "VARCHAR",
    },
  ],
  ["prices", "shop.prices", { item: "VARCHAR", at: "TIMESTAMP", price: "DOUBLE" }],
  ["odd", 'Ünï cödé.日本 "x"', { 'we"ird': "BIGINT", select: "VARCHAR", " space ": "DATE" }],
  ["drop", "Ünï cödé.it's; drop", { "a.b": "BIGINT", Größe: "DOUBLE", "👩‍🚀 🚀": "VARCHAR" }],
];
