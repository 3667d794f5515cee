// What the harness asks of the page: run cells, ask the kernel, note errors, time an input until its pixels are shown.
//
// The clock of one answer:   key or pointer event -> slider message (send) -> Image message (its parent is that send)
//                            -> new src, decoded -> the next frame is painted.
() => {
  const probe = window.probe = { errors: [] };
  const panel = () => jupyterapp.shell.currentWidget;
  const kernel = () => panel().sessionContext.session.kernel;
  const painted = () => new Promise(done => requestAnimationFrame(() => {  // a message after the frame: it is on the screen
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  }));

  probe.ready = async () => {
    await jupyterapp.restored;
    await panel().context.ready;
    await panel().sessionContext.ready;
    await kernel().info;
    kernel().anyMessage.connect((_, { msg, direction }) => {
      const { msg_type } = msg.header;
      if (msg_type === 'error') probe.errors.push(msg.content.traceback.join('\n').replace(/\x1b\[[0-9;]*m/g, ''));
      if (msg_type === 'stream' && msg.content.name === 'stderr' && msg.content.text.includes('Traceback')) probe.errors.push(msg.content.text);
      if (msg_type === 'comm_msg' && msg.content.data.method === 'update') onUpdate(msg, direction);
    });
  };

  // Cells and kernel
  probe.find = text => panel().content.widgets.findIndex(
    ({ model }) => model.type === 'code' && model.sharedModel.source.includes(text));
  probe.runAll = () => jupyterapp.commands.execute('notebook:run-all-cells');
  probe.run = index => {
    panel().content.activeCellIndex = index;
    panel().content.deselectAll();
    return jupyterapp.commands.execute('notebook:run-cell');
  };
  probe.kernel = async code => {
    const future = kernel().requestExecute({ code, store_history: false });
    let text = '';
    future.onIOPub = message => { if (message.header.msg_type === 'stream') text += message.content.text; };
    await future.done;
    return text;
  };
  probe.settled = async () => {
    await Promise.all([...document.images].map(image => image.decode().catch(() => null)));  // a broken image has no pixels to wait for
    await painted();
    await painted();
  };

  // Latency: inputs [{time, sent}], sends [msg_id], frames [{time, answers}]; sent and answers are indices into sends
  let record = null, event = null, newest = -1, stopWatching = null;
  for (const type of ['keydown', 'pointermove', 'mousemove']) {
    window.addEventListener(type, e => { if (record) event = { time: e.timeStamp, sent: record.sends.length }; }, true);
  }
  const onUpdate = (msg, direction) => {
    if (!record) return;
    if (direction === 'send') record.sends.push(msg.header.msg_id);
    else if (msg.buffers?.length) newest = Math.max(newest, record.sends.indexOf(msg.parent_header.msg_id));
  };
  probe.start = (picture, handle) => {
    record = { inputs: [], sends: [], frames: [] };
    newest = -1;
    let value = handle.getAttribute('aria-valuetext');
    const moves = new MutationObserver(() => {
      if (handle.getAttribute('aria-valuetext') === value) return;
      value = handle.getAttribute('aria-valuetext');
      record.inputs.push(event);
    });
    moves.observe(handle, { attributes: true, attributeFilter: ['aria-valuetext'] });
    const sources = new MutationObserver(async () => {
      const answers = newest, into = record;
      try { await picture.decode(); } catch { return; }  // a newer picture took its place before it was shown
      into.frames.push({ time: await painted(), answers });
    });
    sources.observe(picture, { attributes: true, attributeFilter: ['src'] });
    stopWatching = () => { moves.disconnect(); sources.disconnect(); };
  };
  probe.answered = () => {
    const input = record.inputs.at(-1), frame = record.frames.at(-1);
    return Boolean(input && frame && frame.answers >= input.sent && frame.answers === record.sends.length - 1);
  };
  probe.stop = () => {
    const finished = record;
    stopWatching();
    record = null;
    return finished;
  };
}
