using System.ClientModel;
using System.ClientModel.Primitives;
using AgentControl.Engine.LanguageModels.Wire;
using Anthropic;
using Anthropic.Core;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AgentControl.Engine.LanguageModels;

/// <summary>The official clients, one of each provider. They try nothing again and know no limit of time: the step around a call does.</summary>
internal sealed class ProviderClients : IDisposable
{
    /// <summary>A host that does not answer is told from one that thinks.</summary>
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, ProviderClient> clients;

    public ProviderClients(ModelSettings settings) =>
        clients = settings.Providers.Values.ToDictionary(p => p.Name, Open, StringComparer.OrdinalIgnoreCase);

    public ProviderClient? Find(string provider) => clients.GetValueOrDefault(provider);

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Http.Dispose();
    }

    private static ProviderClient Open(ProviderSettings provider)
    {
        var http = new HttpClient(
            new WireHandler(
                new SocketsHttpHandler
                {
                    ConnectTimeout = ConnectWithin,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    // A key goes where it was configured to go, and nowhere else.
                    AllowAutoRedirect = false,
                }
            )
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        WireDialect dialect = provider.Type switch
        {
            ProviderType.Anthropic => new AnthropicWire(),
            ProviderType.OpenAiResponses => new ResponsesWire(),
            _ => new ChatWire(),
        };
        return new(provider, dialect, http, Chat(provider, http));
    }

    private static Func<string, IChatClient> Chat(ProviderSettings provider, HttpClient http)
    {
        if (provider.Type == ProviderType.Anthropic)
        {
            // Through the options, so that the client looks for no credentials of its own.
            var anthropic = new AnthropicClient(
                new ClientOptions
                {
                    ApiKey = provider.ApiKey,
                    AuthToken = null,
                    BaseUrl = provider.BaseUrl.AbsoluteUri,
                    HttpClient = http,
                    MaxRetries = 0,
                    Timeout = Timeout.InfiniteTimeSpan,
                }
            );
            return model => anthropic.AsIChatClient(model);
        }
        var openAi = new OpenAIClient(
            new ApiKeyCredential(provider.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = provider.BaseUrl,
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
                Transport = new HttpClientPipelineTransport(http),
            }
        );
#pragma warning disable OPENAI001 // Responses are marked as experimental in the client, not in the API.
        return provider.Type == ProviderType.OpenAiResponses
            ? model => openAi.GetResponsesClient().AsIChatClient(model)
            : model => openAi.GetChatClient(model).AsIChatClient();
#pragma warning restore OPENAI001
    }
}

/// <summary>One provider: its client, and how its answers are read.</summary>
internal sealed record ProviderClient(
    ProviderSettings Settings,
    WireDialect Dialect,
    HttpClient Http,
    Func<string, IChatClient> Chat
);
