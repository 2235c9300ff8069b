import PgBoss from "pg-boss";

export default async function pgBoss(connectionString) {
  const boss = new PgBoss({ connectionString });
  boss.on("error", (error) => console.error(error.message));
  await boss.start();
  return {
    prepare: () => boss.createQueue("Bench"),
    push: (data) => boss.send("Bench", data),
    pushMany: (list) => boss.insert(list.map((data) => ({ name: "Bench", data }))),
    // Use fetch and complete, because work() polls at most twice a second.
    async work(handler) {
      let isStopped = false;
      const ended = (async () => {
        while (!isStopped) {
          const jobs = await boss.fetch("Bench", { batchSize: 500 });
          await Promise.all(jobs.map(({ data }) => handler(data)));
          if (jobs.length > 0)
            await boss.complete(
              "Bench",
              jobs.map(({ id }) => id),
            );
          else await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      return {
        stop() {
          isStopped = true;
          return ended;
        },
      };
    },
    close: () => boss.stop({ graceful: false }),
  };
}
