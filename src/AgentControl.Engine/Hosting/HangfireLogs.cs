using Hangfire.Logging;
using Microsoft.Extensions.Logging;
using Level = Hangfire.Logging.LogLevel;

namespace AgentControl.Engine.Hosting;

/// <summary>Hangfire's log lines, for a process in which several hosts may come and go: its provider is one for all, so a gone host's must stay harmless.</summary>
public sealed class HangfireLogs(ILoggerFactory factory) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new Bridge(factory.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            return new Bridge(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        }
    }

    private sealed class Bridge(ILogger logger) : ILog
    {
        public bool Log(Level logLevel, Func<string>? messageFunc, Exception? exception = null)
        {
            var level = logLevel switch
            {
                Level.Trace => Microsoft.Extensions.Logging.LogLevel.Trace,
                Level.Debug => Microsoft.Extensions.Logging.LogLevel.Debug,
                Level.Info => Microsoft.Extensions.Logging.LogLevel.Information,
                Level.Warn => Microsoft.Extensions.Logging.LogLevel.Warning,
                Level.Error => Microsoft.Extensions.Logging.LogLevel.Error,
                _ => Microsoft.Extensions.Logging.LogLevel.Critical,
            };
            if (!logger.IsEnabled(level))
                return false;
            if (messageFunc is not null)
#pragma warning disable CA1873 // asked for above
                Engine.Log.Hangfire(logger, level, messageFunc(), exception);
#pragma warning restore CA1873
            return true;
        }
    }
}
