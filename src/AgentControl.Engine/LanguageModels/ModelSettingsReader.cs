using System.Globalization;
using AgentControl.Core.LanguageModels;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.LanguageModels;

/// <summary>Reads providers, routes and prices, and tells everything that is wrong with them at once, each with its key and the remedy.</summary>
internal sealed class ModelSettingsReader
{
    public const string Providers = "AgentControl:Providers";
    public const string Routes = "AgentControl:Models";
    public const string Prices = "AgentControl:Prices";

    private static readonly Dictionary<string, (ProviderType Type, string? BaseUrl)> _types = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["anthropic"] = (ProviderType.Anthropic, "https://api.anthropic.com"),
        ["openai"] = (ProviderType.OpenAi, "https://api.openai.com/v1"),
        ["openai-responses"] = (ProviderType.OpenAiResponses, "https://api.openai.com/v1"),
        ["openai-compatible"] = (ProviderType.OpenAiCompatible, null),
    };

    private readonly List<string> problems = [];

    /// <exception cref="InvalidOperationException">Something is wrong; the message names every key and the remedy, and no secret.</exception>
    public static ModelSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var reader = new ModelSettingsReader();
        var providers = reader.ReadProviders(configuration.GetSection(Providers));
        var routes = reader.ReadRoutes(configuration.GetSection(Routes), providers);
        var prices = reader.ReadPrices(configuration.GetSection(Prices));
        return reader.problems.Count == 0
            ? new(providers, routes, new ModelPrices(prices))
            : throw new InvalidOperationException(string.Join(Environment.NewLine, reader.problems));
    }

    private Dictionary<string, ProviderSettings> ReadProviders(IConfigurationSection section)
    {
        var all = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in section.GetChildren())
        {
            OnlyKeys(provider, "Type", "ApiKey", "BaseUrl");
            if (!provider.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                Wrong(provider.Path, "is no name", "Use a-z, 0-9, '-' and '_'");
            var type = provider["Type"] ?? provider.Key;
            if (!_types.TryGetValue(type, out var known))
            {
                Wrong($"{provider.Path}:Type", $"is '{type}'", $"Use {string.Join(", ", _types.Keys)}");
                continue;
            }
            var key = provider["ApiKey"];
            if (string.IsNullOrWhiteSpace(key) && known.Type != ProviderType.OpenAiCompatible)
                Wrong($"{provider.Path}:ApiKey", "is missing", "Set the provider's key");
            var address = provider["BaseUrl"] ?? known.BaseUrl;
            if (
                !Uri.TryCreate(address, UriKind.Absolute, out var url)
                || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            )
            {
                Wrong($"{provider.Path}:BaseUrl", $"is '{address}'", "Use the provider's https address");
                continue;
            }
            // Servers on one's own machine ask for no key; the client wants one all the same.
            all[provider.Key] = new(provider.Key, known.Type, string.IsNullOrWhiteSpace(key) ? "none" : key, url);
        }
        return all;
    }

    private Dictionary<string, ModelRoute> ReadRoutes(
        IConfigurationSection section,
        Dictionary<string, ProviderSettings> providers
    )
    {
        var all = new Dictionary<string, ModelRoute>(StringComparer.OrdinalIgnoreCase);
        foreach (var route in section.GetChildren())
        {
            OnlyKeys(route, "Primary", "Fallback", "ContextWindow", "FallbackOnRefusal", "MaxOutputTokens");
            var primary = ReadTarget(route.GetSection("Primary"), providers);
            var fallbacks = route.GetSection("Fallback").GetChildren().Select(f => ReadTarget(f, providers)).ToArray();
            var window = Positive(route, "ContextWindow");
            var most = Positive(route, "MaxOutputTokens");
            var onRefusal = Flag(route, "FallbackOnRefusal");
            if (primary is null)
                continue;
            var whole = new ModelRoute(
                route.Key,
                primary with
                {
                    ContextWindow = primary.ContextWindow ?? window,
                },
                [.. fallbacks.OfType<ModelTarget>()]
            )
            {
                FallbackOnRefusal = onRefusal,
            };
            if (whole.Targets.Select(t => t.ToString()).Distinct().Count() < whole.Targets.Count)
                Wrong($"{route.Path}:Fallback", "names a model twice", "Name each model of a route once");
            all[route.Key] = most is { } tokens ? whole with { MaxOutputTokens = tokens } : whole;
        }
        return all;
    }

    /// <summary>A text, or a section with <c>Model</c> and <c>ContextWindow</c>.</summary>
    private ModelTarget? ReadTarget(IConfigurationSection section, Dictionary<string, ProviderSettings> providers)
    {
        var text = section.Value;
        int? window = null;
        if (text is null && section.GetChildren().Any())
        {
            OnlyKeys(section, "Model", "ContextWindow");
            text = section["Model"];
            window = Positive(section, "ContextWindow");
        }
        if (!ModelTarget.TryParse(text, out var target))
        {
            Wrong(section.Path, text is null ? "is missing" : $"is '{text}'", "Write provider:model");
            return null;
        }
        if (!providers.ContainsKey(target.Provider))
            Wrong(
                section.Path,
                $"names the provider '{target.Provider}', which is not set up",
                $"Set {Providers}:{target.Provider}"
            );
        return target with { ContextWindow = window };
    }

    private List<ModelPrice> ReadPrices(IConfigurationSection section)
    {
        var all = new List<ModelPrice>();
        foreach (var price in section.GetChildren())
        {
            OnlyKeys(price, "Model", "InputPerMillion", "OutputPerMillion", "CachedInputPerMillion");
            var model = price["Model"];
            if (!ModelTarget.TryParse(model, out _))
                Wrong($"{price.Path}:Model", $"is '{model}'", "Write provider:model, perhaps with a * at its end");
            var input = Dollars(price, "InputPerMillion", needed: true);
            var output = Dollars(price, "OutputPerMillion", needed: true);
            all.Add(
                new ModelPrice(model ?? "", input ?? 0, output ?? 0, Dollars(price, "CachedInputPerMillion", false))
            );
        }
        return all;
    }

    private decimal? Dollars(IConfigurationSection section, string name, bool needed)
    {
        var text = section[name];
        if (text is null && !needed)
            return null;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) && value >= 0)
            return value;
        Wrong($"{section.Path}:{name}", text is null ? "is missing" : $"is '{text}'", "Use US dollars, 0 or more");
        return null;
    }

    private int? Positive(IConfigurationSection section, string name)
    {
        if (section[name] is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0)
            return value;
        Wrong($"{section.Path}:{name}", $"is '{text}'", "Use a number of tokens");
        return null;
    }

    private bool Flag(IConfigurationSection section, string name)
    {
        if (section[name] is not { } text)
            return false;
        if (bool.TryParse(text, out var value))
            return value;
        Wrong($"{section.Path}:{name}", $"is '{text}'", "Use true or false");
        return false;
    }

    private void OnlyKeys(IConfigurationSection section, params string[] names)
    {
        foreach (
            var child in section.GetChildren().Where(c => !names.Contains(c.Key, StringComparer.OrdinalIgnoreCase))
        )
            Wrong(child.Path, "is not known", $"Use {string.Join(", ", names)}");
    }

    private void Wrong(string key, string what, string remedy) => problems.Add($"{key} {what}. {remedy}.");
}
