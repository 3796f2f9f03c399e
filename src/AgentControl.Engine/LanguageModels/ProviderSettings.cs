using AgentControl.Core.LanguageModels;

namespace AgentControl.Engine.LanguageModels;

/// <summary>How a provider is spoken to.</summary>
public enum ProviderType
{
    /// <summary>Anthropic's Messages.</summary>
    Anthropic,

    /// <summary>OpenAI's Chat Completions.</summary>
    OpenAi,

    /// <summary>OpenAI's Responses.</summary>
    OpenAiResponses,

    /// <summary>Chat Completions of anybody else.</summary>
    OpenAiCompatible,
}

/// <summary>One of <c>AgentControl:Providers</c>.</summary>
/// <param name="BaseUrl">As the provider's own client takes it: with <c>/v1</c> for OpenAI, without for Anthropic.</param>
internal sealed record ProviderSettings(string Name, ProviderType Type, string ApiKey, Uri BaseUrl);

/// <summary>What the configuration says of models.</summary>
internal sealed record ModelSettings(
    IReadOnlyDictionary<string, ProviderSettings> Providers,
    IReadOnlyDictionary<string, ModelRoute> Routes,
    ModelPrices Prices
);
