namespace AgentControl.Core.LanguageModels;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
/// <param name="Model"><c>provider:model</c>; a <c>*</c> at the end stands for any rest.</param>
/// <param name="CachedInput">Input from the provider's cache; null costs as other input does.</param>
public sealed record ModelPrice(string Model, decimal Input, decimal Output, decimal? CachedInput = null)
{
    internal bool Fits(string target) =>
        Model.EndsWith('*') ? target.StartsWith(Model[..^1], StringComparison.Ordinal) : target == Model;
}

/// <summary>The table of prices. The longest name that fits holds.</summary>
public sealed class ModelPrices(IReadOnlyList<ModelPrice> prices)
{
    private const decimal Million = 1_000_000m;
    private readonly ModelPrice[] byLength = [.. prices.OrderByDescending(p => p.Model.Length)];

    /// <summary>What a call costs in US dollars; null where the model has no price.</summary>
    /// <param name="input">All tokens of the input.</param>
    /// <param name="cached">Those of them from the provider's cache.</param>
    public decimal? Cost(ModelTarget target, long input, long output, long cached)
    {
        ArgumentNullException.ThrowIfNull(target);
        var name = target.ToString();
        if (Array.Find(byLength, p => p.Fits(name)) is not { } price)
            return null;
        cached = Math.Clamp(cached, 0, Math.Max(input, 0));
        return ((input - cached) * price.Input + cached * (price.CachedInput ?? price.Input) + output * price.Output)
            / Million;
    }

    /// <summary>A call's tokens with what they cost.</summary>
    public ModelUsage Usage(ModelTarget target, long input, long output, long cached) =>
        new(input, output, cached, Cost(target, input, output, cached));
}
