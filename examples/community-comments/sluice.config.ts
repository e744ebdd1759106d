import { project } from "sluice";

/** Every comment of a community, from six networks, in one place. */
export default project({
  name: "community-comments",
  // Ten million comments fit: whatever is larger than this spills to disk.
  engine: { memory: "2GB" },
  people: {
    "community-team": { name: "Community team", email: "community@millpond.example" },
    "platform-team": { name: "Data platform team", email: "platform@millpond.example" },
    "trust-team": { name: "Trust and safety", email: "trust@millpond.example" },
  },
});
