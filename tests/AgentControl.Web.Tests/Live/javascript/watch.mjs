// Watches one job with the public client until it has ended; prints what came as JSON.
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const [address, path, key, job] = process.argv.slice(2);
const numbers = [];
const connection = new HubConnectionBuilder()
  .withUrl(new URL(path, address).href, { accessTokenFactory: () => key })
  .configureLogging(LogLevel.Error)
  .build();

const ended = new Promise((resolve) => {
  connection.on("jobEvent", (event) => numbers.push(event.no));
  connection.on("jobChanged", (summary) => summary.state === "succeeded" && resolve(summary.state));
  connection.on("anomaly", () => {});
});

await connection.start();
await connection.invoke("WatchJob", job);
const answer = await fetch(new URL(`/api/v1/jobs/${job}/run-now`, address), {
  method: "POST",
  headers: { authorization: `Bearer ${key}` },
});
if (!answer.ok) throw new Error(`run-now: ${answer.status}`);
const state = await ended;
await connection.stop();
process.stdout.write(JSON.stringify({ numbers, state }));
