namespace AgentControl.Web;

/// <summary>Every line that the web project logs. Ids: 100 shared, 200 access, 300 REST and hub, 400 pages, 500 workspace.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Error, "{Part} could not load its data ({ErrorId})")]
    public static partial void LoadFailed(ILogger logger, string part, string errorId, Exception exception);

    [LoggerMessage(101, LogLevel.Error, "A part of a page failed ({ErrorId})")]
    public static partial void PartFailed(ILogger logger, string errorId, Exception exception);

    [LoggerMessage(300, LogLevel.Error, "{Method} {Path} failed ({ErrorId})")]
    public static partial void RequestFailed(
        ILogger logger,
        string method,
        string path,
        string errorId,
        Exception exception
    );

    [LoggerMessage(301, LogLevel.Warning, "One window of live messages could not be sent; the next one follows")]
    public static partial void LiveWindowFailed(ILogger logger, Exception exception);
}
