return await Ashlar.Tiny.TinyCommands.RunAsync(args).ConfigureAwait(false);
