// Times on the reader's own clock; without scripts they are Beijing's. Days stay Beijing's, as the archive counts them.
(() => {
  const BEIJING = -480; // minutes, as getTimezoneOffset has them
  const two = (number) => String(number).padStart(2, "0");
  const note = document.querySelector("#clock");
  for (const shown of document.querySelectorAll("time[datetime$='Z']")) {
    const at = new Date(shown.dateTime);
    const [, clock] = shown.textContent.split(" ");
    if (!clock || at.getTimezoneOffset() === BEIJING) continue; // a day alone, or the same clock
    const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].slice(0, clock.split(":").length);
    shown.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${parts.map(two).join(":")}`;
    note.textContent = note.dataset.own.replace("{zone}", Intl.DateTimeFormat().resolvedOptions().timeZone);
  }
})();
