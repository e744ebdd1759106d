import { project } from "sluice";

export default project({
  name: "good",
  engine: { memory: "1GB", workers: 2 },
  publish: "all",
  people: { "community-team": { email: "team@example.org" } },
});
