// The drawing pad in the page:  pointer events -> white ink on a black canvas -> 112 x 112 grey levels for Python.
//
// Ink is drawn in the event handler itself, so that it is under the pointer in the next frame whatever Python is doing.
// Python gets the newest ink at most once a frame, and no more while AHEAD messages are unanswered: nothing queues up.

const SHARP = 560;  // canvas pixels: two for each pixel of the page, and a multiple of INK
const INK = 112;    // pixels a side that Python gets
const BRUSH = 40;   // width of a stroke in canvas pixels
const AHEAD = 3;

const PAD = `
  <div class="course-pad course-pad-empty">
    <div class="course-pad-frame">
      <canvas width="${SHARP}" height="${SHARP}" tabindex="0" role="application"
        aria-label="Pad to draw on. Backspace takes back a stroke, Escape clears."
        aria-keyshortcuts="Escape Backspace Control+Z" data-lm-suppress-shortcuts="true"></canvas>
      <div class="course-pad-invitation" aria-hidden="true">Draw here</div>
    </div>
    <div class="course-pad-buttons">
      <button type="button" class="course-button" disabled title="Take back the last stroke">Undo</button>
      <button type="button" class="course-button" disabled title="Start again">Clear</button>
    </div>
    <div class="course-note">Backspace undoes a stroke, Escape clears.</div>
  </div>`;  // lm-suppress-shortcuts: otherwise JupyterLab would undo or delete cells on these keys

function render({ model, el }) {
  el.innerHTML = PAD;
  const root = el.querySelector(".course-pad"), canvas = el.querySelector("canvas");
  const [undoButton, clearButton] = el.querySelectorAll("button");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const small = new OffscreenCanvas(INK, INK).getContext("2d", { willReadFrequently: true });
  small.imageSmoothingQuality = "high";

  // What is on the pad is a list of marks, each a function that draws itself. Undo drops the last and draws the rest again.
  let marks = [];
  const blank = () => { pen.fillStyle = "#000"; pen.fillRect(0, 0, SHARP, SHARP); };
  const draw = mark => { marks.push(mark); mark(); };
  const redraw = () => { blank(); marks.forEach(mark => mark()); };
  const isBlank = () => marks.length === 0 || marks.at(-1) === blank;
  function label() {
    root.classList.toggle("course-pad-empty", isBlank());
    undoButton.disabled = marks.length === 0;
    clearButton.disabled = isBlank();
  }

  pen.strokeStyle = "#fff";
  pen.lineWidth = BRUSH;
  pen.lineCap = pen.lineJoin = "round";
  function line(points) {
    pen.beginPath();
    pen.moveTo(...points[0]);
    for (const point of points) pen.lineTo(...point);
    pen.stroke();
  }

  function picture(levels) {  // an image that Python set, each pixel a square
    const data = small.createImageData(INK, INK);
    for (let i = 0; i < INK * INK; i++) data.data.fill(levels.getUint8(i), 4 * i, 4 * i + 3).fill(255, 4 * i + 3, 4 * i + 4);
    return () => {
      small.putImageData(data, 0, 0);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small.canvas, 0, 0, SHARP, SHARP);
    };
  }

  // To Python. model.save_changes would send nothing more until Python has answered, and a server that waits for the page's
  // acknowledgement before it sends on, as Jupyter's does, would keep that answer for 40 ms: hence messages of our own.
  let isNew = false, isDue = false, unanswered = 0, sent = null;
  function send() {
    isDue = isNew = false;
    unanswered += 1;
    small.drawImage(canvas, 0, 0, INK, INK);
    const rgba = small.getImageData(0, 0, INK, INK).data;
    sent = new DataView(Uint8Array.from({ length: INK * INK }, (_, i) => rgba[4 * i]).buffer);
    model.set("ink", sent);
    model.send({}, { iopub: { status: noteAnswer } }, [sent]);
  }
  function noteAnswer(message) {
    if (message.content.execution_state !== "idle") return;
    unanswered -= 1;
    schedule();
  }
  function schedule() {
    if (!isNew || isDue || unanswered >= AHEAD) return;
    isDue = true;
    requestAnimationFrame(send);
  }
  function changed() {
    label();
    isNew = true;
    schedule();
  }

  // From Python
  function show() {
    const ink = model.get("ink");
    if (ink === sent) return;  // our own
    marks = [];
    blank();
    if (new Uint8Array(ink.buffer, ink.byteOffset, ink.byteLength).some(level => level > 0)) draw(picture(ink));
    label();
  }
  model.on("change:ink", show);

  // Pointers: one at a time, so that a palm beside the pen draws nothing
  let pointer = null, points = [];
  const at = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * SHARP / box.width, (event.clientY - box.top) * SHARP / box.height];
  };
  canvas.addEventListener("pointerdown", event => {
    if (pointer !== null || event.button !== 0) return;
    event.preventDefault();  // no text selection, no focus elsewhere
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    const stroke = points = [at(event)];
    draw(() => line(stroke));
    changed();
  });
  canvas.addEventListener("pointermove", event => {
    if (event.pointerId !== pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const moved of between.length ? between : [event]) {
      points.push(at(moved));
      line(points.slice(-2));
    }
    changed();
  });
  const lift = event => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    redraw();  // the stroke in one piece, without the seams between its parts
    changed();
  };
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(type, lift);

  // Undo and clear, with buttons and keys; a stroke under way is left alone. Clearing is a mark too: it can be undone.
  function undo() {
    if (pointer !== null || marks.length === 0) return;
    marks.pop();
    redraw();
    changed();
  }
  function clear() {
    if (pointer !== null || isBlank()) return;
    draw(blank);
    changed();
  }
  undoButton.addEventListener("click", undo);
  clearButton.addEventListener("click", clear);
  canvas.addEventListener("keydown", event => {
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") clear();
    else if (event.key === "Backspace" || (command && event.key.toLowerCase() === "z")) undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  show();
}

export default { render };
