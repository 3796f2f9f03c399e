using Microsoft.Extensions.Logging;

namespace AgentControl.Engine;

/// <summary>Lines about signals between processes.</summary>
internal static partial class Log
{
    [LoggerMessage(600, LogLevel.Warning, "The connection that hears other processes was lost; connecting again")]
    public static partial void SignalsLost(ILogger logger, Exception exception);

    [LoggerMessage(
        601,
        LogLevel.Warning,
        "Other processes could not be told about new events; trying again with the next ones"
    )]
    public static partial void SignalsNotSent(ILogger logger, Exception exception);

    [LoggerMessage(603, LogLevel.Warning, "Other processes could not be told to act; trying again")]
    public static partial void OrdersNotSent(ILogger logger, Exception exception);

    [LoggerMessage(602, LogLevel.Information, "Read what other processes committed since transaction {Xid}")]
    public static partial void SignalsCaughtUp(ILogger logger, long xid);

    [LoggerMessage(605, LogLevel.Warning, "What steps write could not be sent to other processes")]
    public static partial void OutputNotSent(ILogger logger, Exception exception);

    [LoggerMessage(606, LogLevel.Warning, "What another process sent as the writing of a step could not be read")]
    public static partial void OutputNotUnderstood(ILogger logger, Exception exception);

    [LoggerMessage(604, LogLevel.Error, "A watcher of the feed threw; the others were told")]
    public static partial void WatcherFailed(ILogger logger, Exception problem);
}
