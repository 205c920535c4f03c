// Ticks the time that is left, and loads the form when it opens. Without it the page says the same, standing still.
(() => {
  "use strict";
  const line = document.querySelector("[data-opens]");
  const { opens, now, ...says } = line.dataset;
  const begun = performance.now();
  const ahead = Date.parse(opens) - Date.parse(now);
  const units = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];
  // Not everybody in the same moment: the place in the line is that of sending, not of loading.
  const spread = Math.random() * 2000;

  const words = (seconds) => {
    const parts = [];
    for (const [name, size] of units) {
      const number = Math.floor(seconds / size);
      seconds -= number * size;
      if (number === 1) parts.push(says[`${name}One`]);
      if (number > 1) parts.push(says[`${name}More`].replace("#", number));
    }
    return parts.slice(0, 2).join(` ${says.and} `);
  };

  const tick = () => {
    const left = ahead - (performance.now() - begun);
    if (left + spread <= 0) {
      location.reload();
      return;
    }
    line.textContent = left < 1000 ? says.soon : says.remaining.replace("#", words(Math.floor(left / 1000)));
    setTimeout(tick, Math.min(1000, Math.max(left + spread, 50)));
  };
  tick();
})();
