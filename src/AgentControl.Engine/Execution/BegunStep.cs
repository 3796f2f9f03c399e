using AgentControl.Core.Jobs;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Execution;

/// <summary>What the journal keeps of a step that is not over.</summary>
/// <param name="Tries">Failed tries so far; of a step that must not repeat, its starts.</param>
/// <param name="NotIdempotent">Nobody knows whether it happened.</param>
/// <param name="Spent">How long its tries took, in attempts before this one.</param>
/// <param name="Asked">The failure about which a person is asked; null where there is none.</param>
internal sealed record BegunStep(int Tries, bool NotIdempotent, TimeSpan Spent, JobFailure? Asked)
{
    /// <summary>The name of the step.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it calls; null where that is nothing that has a policy.</summary>
    public string? Service { get; init; }

    /// <summary>The word of its last failure; null where there was none.</summary>
    public string? Trouble { get; init; }

    public static BegunStep Of(int tries, string kind, string? error, string? usage)
    {
        var failure = error is null ? null : Read<StepTrouble>(error);
        return new(
            tries,
            kind.StartsWith("once:", StringComparison.Ordinal),
            TimeSpan.FromMilliseconds(usage is null ? 0 : Read<StepSpent>(usage)?.SpentMs ?? 0),
            failure is { Asks: true } ? failure.Failure : null
        )
        {
            Trouble = failure?.Type,
        };
    }

    private static T? Read<T>(string json) => JournalJson.Deserialize<T>(System.Text.Encoding.UTF8.GetBytes(json));
}

/// <summary>The failure of a step that is not over, as its row keeps it: a <see cref="JobFailure"/> with what is asked of it.</summary>
internal sealed record StepTrouble(string Type, string Message, string? Step, bool Retryable, bool Asks)
{
    public JobFailure Failure => new(Type, Message, Step, Retryable);

    public static StepTrouble Of(JobFailure failure, bool asks) =>
        new(failure.Type, failure.Message, failure.Step, failure.Retryable, asks);
}

/// <summary>What a step that is not over has taken so far.</summary>
internal sealed record StepSpent(double SpentMs);
