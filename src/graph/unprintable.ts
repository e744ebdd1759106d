/** Control characters and the marks that turn the direction of a text: both rewrite what a reader sees. */
// oxlint-disable-next-line no-control-regex
export const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
