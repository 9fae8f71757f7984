// Preloaded into the server (node --require). It ends the server, the way SIGTERM would, when the pipe that is its
// standard input closes: so no server outlives its keeper, and stopping works alike on every system.
// While a request takes long, as an answer does that an AI writes, the file TAVERNKEEP_BUSY_FILE exists: a restart would
// cut it off. Node's own notices about requests tell; quick ones touch no file.
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

    const busyFile = process.env.TAVERNKEEP_BUSY_FILE;
    if (busyFile) {
        const LONG_MS = 300;
        const { rmSync, writeFileSync } = require('node:fs');
        const { channel } = require('node:diagnostics_channel');
        let long = 0;
        const tell = () => {
            try {
                if (long > 0) writeFileSync(busyFile, '');
                else rmSync(busyFile, { force: true });
            } catch {
                // A full disk must not end the server.
            }
        };
        const begun = ({ response }) => {
            let counted = false;
            const timer = setTimeout(() => {
                counted = true;
                if (++long === 1) tell();
            }, LONG_MS).unref();
            response.once('close', () => {
                clearTimeout(timer);
                if (counted && --long === 0) tell();
            });
        };
        channel('http.server.request.start').subscribe(begun);
    }

    if (process.env.TAVERNKEEP_NO_BROWSER) {
        const Module = require('node:module');
        const load = Module._load;
        Module._load = function (name, ...rest) {
            return name === 'open' ? async () => undefined : load.call(this, name, ...rest);
        };
    }
}
