namespace AgentControl.Core.Jobs;

/// <summary>Why a job or a step failed, as it is stored and shown.</summary>
/// <param name="Type">A stable word (timeout, budget, nonDeterminism, stepFailed, …) or the exception's type name.</param>
/// <param name="Step">The key of the step it came from, if one did.</param>
/// <param name="Retryable">Whether the same work may succeed when it is tried again.</param>
public sealed record JobFailure(string Type, string Message, string? Step = null, bool Retryable = false)
{
    public const string Timeout = "timeout";

    /// <summary>Longest message that is kept, in characters.</summary>
    public const int MaxMessageLength = 8_000;

    public static JobFailure From(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            Steps.StepFailedException failed => failed.Failure,
            PermanentFailureException permanent => new(permanent.Type, Cut(permanent.Message), StepOf(exception)),
            TimeoutException => new(Timeout, Cut(exception.Message), StepOf(exception), Retryable: true),
            _ => new(exception.GetType().Name, Cut(exception.Message), StepOf(exception), Retryable: true),
        };
    }

    /// <summary>
    /// The recorded step failure that an exception is or wraps. A replay meets it again at once: only a person's retry, which supersedes the record, can help.
    /// </summary>
    public static Steps.StepFailedException? RecordedIn(Exception? exception)
    {
        while (exception is not (null or Steps.StepFailedException))
            exception = exception.InnerException;
        return (Steps.StepFailedException?)exception;
    }

    private static string? StepOf(Exception exception) => RecordedIn(exception)?.Key;

    private static string Cut(string message) =>
        message.Length <= MaxMessageLength ? message : message[..MaxMessageLength];
}

/// <summary>Thrown by an agent where trying again cannot help: the job fails at once.</summary>
public sealed class PermanentFailureException(string type, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public string Type { get; } = type;
}
