// Beside the pad: the image that the network is given, a bar for each class, what it thinks, and "Which digit did you mean?".
// Python sends pixels, probabilities and sentences; the page only shows them. No drawing: the list of probabilities is empty.

const SIZE = 168;  // canvas pixels: a multiple of 8 and of 28

const ten = html => Array.from({ length: 10 }, (_, digit) => html(digit)).join("");

const percent = p => p > 0.99 ? "> 99%" : `${Math.floor(100 * p)}%`;

const READING = `
  <div class="course-reading">
    <div class="course-reading-row">
      <figure class="course-reading-seen">
        <canvas width="${SIZE}" height="${SIZE}" role="img" aria-label="The image that the network gets"></canvas>
        <figcaption class="course-note">What the network gets:<br><span class="course-reading-side"></span></figcaption>
      </figure>
      <div class="course-reading-bars">${ten(digit => `
        <div class="course-reading-bar">
          <span>${digit}</span>
          <span class="course-reading-track"><span class="course-reading-fill"></span></span>
          <span class="course-reading-percent"></span>
        </div>`)}
      </div>
    </div>
    <div class="course-reading-sentence" role="status"></div>
    <div>Which digit did you mean?</div>
    <div class="course-reading-asked">${ten(digit => `
      <button type="button" class="course-button" aria-label="I meant ${digit}">${digit}</button>`)}
    </div>
    <div class="course-line course-reading-mission" role="status"></div>
    <div class="course-line course-reading-remark" role="status"></div>
  </div>`;

function render({ model, el }) {
  el.innerHTML = READING;
  const bars = el.querySelectorAll(".course-reading-bar"), answers = el.querySelectorAll("button");
  answers.forEach((button, digit) => button.addEventListener("click", () => model.send({ meant: digit })));
  const write = (selector, text) => {
    const place = el.querySelector(selector);
    if (place.textContent !== text) place.textContent = text;  // unchanged text is not read aloud again
  };

  const canvas = el.querySelector("canvas");
  const pen = canvas.getContext("2d");
  function show() {
    const pixels = model.get("pixels"), probabilities = model.get("probabilities");
    const side = Math.sqrt(pixels.byteLength), cell = SIZE / side;
    for (let i = 0; i < pixels.byteLength; i++) {
      const level = pixels.getUint8(i);
      pen.fillStyle = `rgb(${level}, ${level}, ${level})`;
      pen.fillRect(cell * (i % side), cell * Math.floor(i / side), cell, cell);
    }
    write(".course-reading-side", `${side} × ${side} pixels`);
    const largest = Math.max(...probabilities);
    bars.forEach((bar, digit) => {
      const p = probabilities[digit] ?? 0;
      bar.classList.toggle("course-reading-top", p > 0 && p === largest);
      bar.querySelector(".course-reading-fill").style.transform = `scaleX(${p})`;
      bar.querySelector(".course-reading-percent").textContent = probabilities.length ? percent(p) : "";
    });
    write(".course-reading-sentence", model.get("sentence"));
    write(".course-reading-mission", model.get("mission"));
    write(".course-reading-remark", model.get("remark"));
    el.querySelector(".course-reading-mission").classList.toggle("done", model.get("done"));
    for (const button of answers) button.disabled = !model.get("asking");
  }
  model.on("change", show);
  show();
}

export default { render };
