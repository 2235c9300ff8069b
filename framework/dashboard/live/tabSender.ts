/** How many events may wait for one tab. */
const maxWaiting = 3;

/**
 * Sends events to one tab. A suspended browser may read nothing for hours. Instead of keeping all events in memory,
 * this tells the tab to reload once it reads again.
 */
export function tabSender(send: (event: string, data: string) => Promise<void>) {
  let waiting = 0;
  let hasMissed = false;

  function sendToTab(event: string, data: () => string): void {
    if (waiting >= maxWaiting) {
      hasMissed = true;
      return;
    }
    waiting += 1;
    void send(event, data()).finally(taken);
  }

  function taken(): void {
    waiting -= 1;
    if (waiting > 0 || !hasMissed) return;
    hasMissed = false;
    sendToTab("reload", () => "");
  }

  return sendToTab;
}
