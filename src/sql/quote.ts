/** A name as SQL, whatever is in it: `"say ""hi"""`. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Text as SQL, whatever is in it: `'it''s'`. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A dataset as SQL: `"community"."comments"`. */
export function quoteDataset(id: string): string {
  const dot = id.indexOf(".");
  return dot < 0 ? quoteName(id) : `${quoteName(id.slice(0, dot))}.${quoteName(id.slice(dot + 1))}`;
}
