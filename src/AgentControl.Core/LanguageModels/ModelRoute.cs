using AgentControl.Core.Agents;
using AgentControl.Core.Services;

namespace AgentControl.Core.LanguageModels;

/// <summary>A name that agents ask by, and the models behind it in the order in which they are tried.</summary>
/// <param name="Fallbacks">Who takes over where the one before has failed for good, if that failure allows it.</param>
public sealed record ModelRoute(string Name, ModelTarget Primary, IReadOnlyList<ModelTarget> Fallbacks)
{
    /// <summary>Whether a request that one model refuses is asked of the next; otherwise a person decides.</summary>
    public bool FallbackOnRefusal { get; init; }

    /// <summary>Most tokens of an answer where the request does not say it.</summary>
    public int MaxOutputTokens { get; init; } = 4096;

    public IReadOnlyList<ModelTarget> Targets => [Primary, .. Fallbacks];

    /// <summary>The model as this route knows it, with its window.</summary>
    public ModelTarget Known(ModelTarget target) => Targets.FirstOrDefault(t => Same(t, target)) ?? target;

    /// <summary>The ways that are left behind a model, in order; none where the route does not know it.</summary>
    public IReadOnlyList<StepFallback> Behind(ModelTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var window = Known(target).ContextWindow;
        return
        [
            .. Targets
                .SkipWhile(t => !Same(t, target))
                .Skip(1)
                .Select(next => new StepFallback(next.ToString(), next.Provider, Uses(window, next))),
        ];
    }

    private List<FallbackUse> Uses(int? window, ModelTarget next)
    {
        List<FallbackUse> uses = [FallbackUse.Allowed];
        if (next.ContextWindow > window)
            uses.Add(FallbackUse.LargerWindow);
        if (FallbackOnRefusal)
            uses.Add(FallbackUse.OnRequest);
        return uses;
    }

    private static bool Same(ModelTarget one, ModelTarget other) =>
        one.Provider == other.Provider && one.Model == other.Model;
}
