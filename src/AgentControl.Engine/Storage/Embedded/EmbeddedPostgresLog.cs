using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Storage.Embedded;

internal static partial class EmbeddedPostgresLog
{
    [LoggerMessage(1901, LogLevel.Information, "Made a PostgreSQL {Major} cluster in {Cluster}.")]
    public static partial void Created(ILogger logger, string cluster, int major);

    [LoggerMessage(1902, LogLevel.Information, "PostgreSQL from {Binaries} runs on {Cluster}, port {Port}.")]
    public static partial void Started(ILogger logger, string binaries, string cluster, int port);

    [LoggerMessage(1903, LogLevel.Information, "Took over the running PostgreSQL, process {ProcessId}, port {Port}.")]
    public static partial void TakenOver(ILogger logger, int processId, int port);

    [LoggerMessage(1904, LogLevel.Warning, "Removed {Path}, left by a server that no longer runs.")]
    public static partial void LeftOverRemoved(ILogger logger, string path);

    [LoggerMessage(1905, LogLevel.Warning, "PostgreSQL on {Cluster} did not stop: {Output}")]
    public static partial void NotStopped(ILogger logger, string cluster, string output);

    [LoggerMessage(1906, LogLevel.Error, "PostgreSQL on port {Port} is gone; starting it again.")]
    public static partial void Lost(ILogger logger, int port);

    [LoggerMessage(1907, LogLevel.Error, "PostgreSQL on port {Port} could not be started again; the next try follows.")]
    public static partial void NotRestarted(ILogger logger, Exception failure, int port);
}
