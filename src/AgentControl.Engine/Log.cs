using Microsoft.Extensions.Logging;

namespace AgentControl.Engine;

/// <summary>Every line that the engine logs, with stable ids.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Warning, "A batch of {Jobs} jobs was refused; trying them one by one")]
    public static partial void BatchRefused(ILogger logger, Exception problem, int jobs);

    [LoggerMessage(1002, LogLevel.Warning, "Recording for {Jobs} jobs is cut off from the database; trying again")]
    public static partial void WriterCutOff(ILogger logger, Exception problem, int jobs);

    [LoggerMessage(1003, LogLevel.Error, "A round of {Loop} failed; it comes again")]
    public static partial void RoundFailed(ILogger logger, Exception problem, string loop);

    [LoggerMessage(1004, LogLevel.Warning, "A bell for queue {Queue} could not be rung; the sweeper rings again")]
    public static partial void BellLost(ILogger logger, Exception problem, string queue);

    [LoggerMessage(1005, LogLevel.Information, "The lease of job {JobId} at epoch {Epoch} went to another worker")]
    public static partial void LeaseLost(ILogger logger, Guid jobId, int epoch);

    [LoggerMessage(
        1006,
        LogLevel.Error,
        "The attempt of job {JobId} at epoch {Epoch} broke off; the sweeper takes it up"
    )]
    public static partial void AttemptBroke(ILogger logger, Exception problem, Guid jobId, int epoch);

    [LoggerMessage(1007, LogLevel.Information, "{Workers} hands started for queues {Queues}")]
    public static partial void HandsStarted(ILogger logger, int workers, string queues);

    [LoggerMessage(1008, LogLevel.Warning, "Job {JobId} was taken up from lost worker {Worker}; strikes {Strikes}")]
    public static partial void LeaseTakenUp(ILogger logger, Guid jobId, string worker, int strikes);

    [LoggerMessage(
        1009,
        LogLevel.Warning,
        "{Attempts} attempts did not reach the end of their step in time; their leases run out"
    )]
    public static partial void NotDrained(ILogger logger, int attempts);

    [LoggerMessage(EventId = 1010, Message = "{Message}")]
    public static partial void Hangfire(ILogger logger, LogLevel level, string message, Exception? problem);

    [LoggerMessage(
        1011,
        LogLevel.Warning,
        "{Partitions} monthly partitions could not be made beside a long query; trying again in {Pause}"
    )]
    public static partial void PartitionsHeldUp(ILogger logger, int partitions, TimeSpan pause);

    [LoggerMessage(1012, LogLevel.Warning, "The circuit of {Service} opened: {Reason}")]
    public static partial void CircuitOpened(ILogger logger, string service, string reason);

    [LoggerMessage(1013, LogLevel.Information, "The circuit of {Service} closed: its probe succeeded")]
    public static partial void CircuitClosed(ILogger logger, string service);

    [LoggerMessage(1015, LogLevel.Warning, "What is usual for agent {Agent} could not be read")]
    public static partial void HistoryNotRead(ILogger logger, Exception problem, string agent);

    [LoggerMessage(1016, LogLevel.Error, "Version {Version} of agent {Agent} cannot be read: it is not served here")]
    public static partial void DefinitionUnread(ILogger logger, Exception problem, string agent, int version);

    [LoggerMessage(1017, LogLevel.Error, "Schedule {Schedule} could not be served; it is tried again")]
    public static partial void ScheduleFailed(ILogger logger, Exception problem, string schedule);

    [LoggerMessage(1018, LogLevel.Error, "Messages of channel {Channel} could not be sent; they are tried again")]
    public static partial void NotificationsHeldUp(ILogger logger, Exception problem, string channel);

    [LoggerMessage(1014, LogLevel.Warning, "A circuit could not be told how a call went")]
    public static partial void CircuitNotTold(ILogger logger, Exception problem);

    [LoggerMessage(1019, LogLevel.Warning, "The receiver of traces refused {Spans} spans; they are not sent again")]
    public static partial void SpansRefused(ILogger logger, int spans);
}
