namespace AgentControl.Core.LanguageModels;

/// <summary>What a model answered, whole: what a step records and a replay gets again.</summary>
/// <param name="StopReason">The provider's own word, such as <c>end_turn</c>, <c>tool_use</c>, <c>stop</c>, <c>tool_calls</c> or <c>completed</c>; <c>person</c> where a person answered in its place.</param>
/// <param name="Provider">A name of <c>AgentControl:Providers</c>.</param>
/// <param name="RequestId">The provider's id of the call, for its support.</param>
public sealed record ModelAnswer(
    string Text,
    IReadOnlyList<ModelToolCall> ToolCalls,
    string StopReason,
    string Provider,
    string Model,
    string? RequestId,
    ModelUsage Usage
) : IHasUsage
{
    /// <summary>The stop reason of an answer that a person gave.</summary>
    public const string ByPersonReason = "person";

    ModelUsage? IHasUsage.Usage => Usage;

    /// <summary>A person's words in place of a model's.</summary>
    public static ModelAnswer ByPerson(string text, ModelTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(text, [], ByPersonReason, target.Provider, target.Model, null, new ModelUsage(0, 0, 0, 0));
    }
}

/// <summary>What a call took.</summary>
/// <param name="InputTokens">All of the input, those from the provider's cache too.</param>
/// <param name="CachedTokens">Those of the input that came from the provider's cache.</param>
/// <param name="CostUsd">US dollars; null where no price is configured.</param>
public sealed record ModelUsage(long InputTokens, long OutputTokens, long CachedTokens, decimal? CostUsd);

/// <summary>A step's result that says what it took: the engine keeps it beside the step and adds it up for the job.</summary>
public interface IHasUsage
{
    ModelUsage? Usage { get; }
}
