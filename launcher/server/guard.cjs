// Preloaded into the server (node --require). It ends the server, the way SIGTERM would, when the pipe that is its
// standard input closes: so no server outlives its keeper, and stopping works alike on every system.
// With TAVERNKEEP_NO_BROWSER set it also keeps old versions, which have no flag for that, from opening a browser.
'use strict';
const { isMainThread } = require('node:worker_threads');

// A preload runs in worker threads and forked children too. There it must do nothing.
if (isMainThread && !process.send) {
    const end = () => {
        if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM');
        else process.exit(0);
    };
    process.stdin.on('end', end).on('error', end).resume();
    process.stdin.unref?.();

    if (process.env.TAVERNKEEP_NO_BROWSER) {
        const Module = require('node:module');
        const load = Module._load;
        Module._load = function (name, ...rest) {
            return name === 'open' ? async () => undefined : load.call(this, name, ...rest);
        };
    }
}
