using AgentControl.Core.LanguageModels;
using AgentControl.Engine.LanguageModels;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Tests.LanguageModels;

public sealed class SettingsTests
{
    [Fact]
    public void What_is_set_up_is_read()
    {
        var settings = Read(
            ("Providers:anthropic:ApiKey", "k1"),
            ("Providers:local:Type", "openai-compatible"),
            ("Providers:local:BaseUrl", "http://localhost:11434/v1"),
            ("Models:default:Primary", "anthropic:big"),
            ("Models:default:ContextWindow", "200000"),
            ("Models:default:FallbackOnRefusal", "true"),
            ("Models:default:MaxOutputTokens", "900"),
            ("Models:default:Fallback:0", "local:llama3:8b"),
            ("Models:default:Fallback:1:Model", "anthropic:huge"),
            ("Models:default:Fallback:1:ContextWindow", "1000000"),
            ("Prices:0:Model", "anthropic:*"),
            ("Prices:0:InputPerMillion", "3"),
            ("Prices:0:OutputPerMillion", "15"),
            ("Prices:0:CachedInputPerMillion", "0.3")
        );
        Assert.Equal(ProviderType.Anthropic, settings.Providers["anthropic"].Type);
        Assert.Equal("https://api.anthropic.com/", settings.Providers["anthropic"].BaseUrl.AbsoluteUri);
        Assert.Equal("http://localhost:11434/v1", settings.Providers["local"].BaseUrl.AbsoluteUri);
        var route = settings.Routes["default"];
        Assert.Equal(["anthropic:big", "local:llama3:8b", "anthropic:huge"], route.Targets.Select(t => t.ToString()));
        Assert.Equal([200_000, null, 1_000_000], route.Targets.Select(t => t.ContextWindow));
        Assert.Equal((true, 900), (route.FallbackOnRefusal, route.MaxOutputTokens));
        Assert.Equal(18.3m, settings.Prices.Cost(ModelTarget.Parse("anthropic:big"), 2_000_000, 1_000_000, 1_000_000));
        Assert.Null(settings.Prices.Cost(ModelTarget.Parse("local:llama3:8b"), 1, 1, 0));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_its_key_and_no_secret()
    {
        var wrong = Assert.Throws<InvalidOperationException>(() =>
            Read(
                ("Providers:openai:BaseUrl", "not an address"),
                ("Providers:openai:ApiKey", "sk-secret"),
                ("Providers:anthropic:Type", "anthropic"),
                ("Providers:strange:Type", "telepathy"),
                ("Providers:typo:Type", "openai-compatible"),
                ("Providers:typo:Url", "https://example.org"),
                ("Models:a:Fallback:0", "anthropic:x"),
                ("Models:b:Primary", "big"),
                ("Models:c:Primary", "nobody:big"),
                ("Models:d:Primary", "anthropic:x"),
                ("Models:d:Fallback:0", "anthropic:x"),
                ("Models:d:ContextWindow", "much"),
                ("Models:d:FallbackOnRefusal", "perhaps"),
                ("Models:d:MaxOutputTokens", "-1"),
                ("Prices:0:Model", "big"),
                ("Prices:0:InputPerMillion", "-3")
            )
        );
        string[] lines =
        [
            "AgentControl:Providers:anthropic:ApiKey is missing. Set the provider's key.",
            "AgentControl:Providers:openai:BaseUrl is 'not an address'. Use the provider's https address.",
            "AgentControl:Providers:strange:Type is 'telepathy'. Use anthropic, openai, openai-responses, openai-compatible.",
            "AgentControl:Providers:typo:Url is not known. Use Type, ApiKey, BaseUrl.",
            "AgentControl:Providers:typo:BaseUrl is ''. Use the provider's https address.",
            "AgentControl:Models:a:Primary is missing. Write provider:model.",
            "AgentControl:Models:b:Primary is 'big'. Write provider:model.",
            "AgentControl:Models:c:Primary names the provider 'nobody', which is not set up. Set AgentControl:Providers:nobody.",
            "AgentControl:Models:d:Fallback names a model twice. Name each model of a route once.",
            "AgentControl:Models:d:ContextWindow is 'much'. Use a number of tokens.",
            "AgentControl:Models:d:FallbackOnRefusal is 'perhaps'. Use true or false.",
            "AgentControl:Models:d:MaxOutputTokens is '-1'. Use a number of tokens.",
            "AgentControl:Prices:0:Model is 'big'. Write provider:model, perhaps with a * at its end.",
            "AgentControl:Prices:0:InputPerMillion is '-3'. Use US dollars, 0 or more.",
            "AgentControl:Prices:0:OutputPerMillion is missing. Use US dollars, 0 or more.",
        ];
        Assert.All(lines, line => Assert.Contains(line, wrong.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("sk-secret", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_models_is_fine() => Assert.Empty(Read().Routes);

    private static ModelSettings Read(params (string Key, string Value)[] values) =>
        ModelSettingsReader.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    values.Select(v => new KeyValuePair<string, string?>("AgentControl:" + v.Key, v.Value))
                )
                .Build()
        );
}
