using System.Text.Json.Serialization;

namespace AgentControl.Core.Jobs;

/// <summary>Why a job or a step failed, as it is stored and shown.</summary>
/// <param name="Type">A stable word (timeout, budget, nonDeterminism, stepFailed, …) or the exception's type name.</param>
/// <param name="Step">The key of the step it came from, if one did.</param>
/// <param name="Retryable">Whether the same work may succeed when it is tried again.</param>
public sealed record JobFailure(string Type, string Message, string? Step = null, bool Retryable = false)
{
    public const string Timeout = "timeout";

    /// <summary>The budget is spent, and nothing more is allowed.</summary>
    public const string Budget = "budget";

    /// <summary>The budget is spent, and a person asks to finish now: the branch has one last answer of a model left.</summary>
    public const string BudgetFinish = "budgetFinish";

    /// <summary>A step that did not wait for its service, because another one is there to take over.</summary>
    public const string CircuitOpen = "circuitOpen";

    /// <summary>Which of the step's other ways (<see cref="Agents.StepOptions.Fallbacks"/>) this failure leaves to be taken; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fallback { get; init; }

    /// <summary>Longest message that is kept, in characters.</summary>
    public const int MaxMessageLength = 8_000;

    public static JobFailure From(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            Steps.StepFailedException failed => failed.Failure,
            PermanentFailureException permanent => new(permanent.Type, Cut(permanent.Message), StepOf(exception)),
            TimeoutException => new(Timeout, Cut(Words(exception)), StepOf(exception), Retryable: true),
            _ => new(exception.GetType().Name, Cut(Words(exception)), StepOf(exception), Retryable: true),
        };
    }

    /// <summary>What an exception says to people: without the name of a parameter of our code, which .NET adds.</summary>
    public static string Words(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var message = exception.Message;
        return
            exception is ArgumentException { ParamName: { } name }
            && message.IndexOf($" (Parameter '{name}')", StringComparison.Ordinal) is > 0 and var end
            ? message[..end]
            : message;
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
