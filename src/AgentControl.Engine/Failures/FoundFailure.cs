using System.Text.Json;
using AgentControl.Core.Failures;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Events;

namespace AgentControl.Engine.Failures;

/// <summary>One line of the log that tells of a failed job.</summary>
/// <param name="Place">Where the scan goes on behind it.</param>
internal sealed record FoundFailure(
    FailurePlace Place,
    DateTimeOffset At,
    string Message,
    string? Data,
    string Agent,
    string Workspace
)
{
    /// <summary>What the log says of why: a line without data has its message alone.</summary>
    public JobFailure Failure { get; } = Read(Data) ?? new JobFailure("failed", Message);

    public string Example => Texts.Clean(Failure.Message, JobFailure.MaxMessageLength);

    public FailureCause Cause(string? name, string? service) =>
        FailureCause.Of(
            Agent,
            Texts.Clean(Failure.Type, 200),
            Example,
            Texts.Clean(name ?? Failure.Step, 1_000),
            Texts.Clean(service, 200)
        );

    // Ends of the engine carry the failure in a field, those that commands write are the failure.
    private static JobFailure? Read(string? data)
    {
        if (data is null)
            return null;
        try
        {
            using var read = JsonDocument.Parse(data);
            var root = read.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("failure", out var inner))
                root = inner;
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("type", out _)
                && root.TryGetProperty("message", out _)
                ? root.Deserialize<JobFailure>(JournalJson.Options)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A place in the order in which the log was committed.</summary>
/// <param name="Xid">A transaction id.</param>
internal sealed record FailurePlace(long Xid, Guid Job, long No);
