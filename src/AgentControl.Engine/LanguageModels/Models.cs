using System.Text;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Services;
using AgentControl.Engine.LanguageModels.Wire;
using AgentControl.Engine.Services;
using Microsoft.Extensions.AI;

namespace AgentControl.Engine.LanguageModels;

/// <summary>Asks a provider through its official client, always as a stream. What comes back is a whole answer, or a failure as it came over the wire.</summary>
internal sealed class Models(
    ModelSettings settings,
    ProviderClients clients,
    ServicePolicies policies,
    TimeProvider time
) : IModels
{
    public ModelRoute? Route(string name) => settings.Routes.GetValueOrDefault(name);

    public async Task<ModelAnswer> AskAsync(
        ModelTarget target,
        ModelRequest request,
        StepCall call,
        Action<string>? onDelta,
        CancellationToken cancellationToken
    )
    {
        var provider =
            clients.Find(target.Provider)
            ?? throw new PermanentFailureException(
                "unknownProvider",
                $"There is no provider '{target.Provider}'. Set {ModelSettingsReader.Providers}:{target.Provider}."
            );
        using var clock = new StreamClock(policies.Of(target.Provider), time, cancellationToken);
        var record = new WireRecord(provider.Dialect, time) { OnToken = clock.Tick };
        var text = new StringBuilder();
        var calls = new List<ModelToolCall>();
        WireHandler.Current = record;
        try
        {
            var updates = provider
                .Chat(target.Model)
                .GetStreamingResponseAsync(
                    ChatShapes.Messages(request),
                    ChatShapes.Options(request, provider.Settings.Type),
                    clock.Token
                );
            await foreach (var update in updates)
                Take(update, text, calls, onDelta);
        }
        catch (Exception problem)
        {
            // The clients wrap a cancelled read into exceptions of their own.
            cancellationToken.ThrowIfCancellationRequested();
            if (WireFaults.Of(problem, record, clock, provider.Dialect) is { } broken)
                throw Failed(broken, target, record, provider, problem);
            throw;
        }
        finally
        {
            WireHandler.Current = null;
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (WireFaults.Of(record, provider.Dialect) is { } fault)
            throw Failed(fault, target, record, provider, null);
        return new(
            text.ToString(),
            calls,
            record.StopReason!,
            target.Provider,
            target.Model,
            record.RequestId,
            Usage(target, record)
        );
    }

    private static void Take(
        ChatResponseUpdate update,
        StringBuilder text,
        List<ModelToolCall> calls,
        Action<string>? onDelta
    )
    {
        foreach (var content in update.Contents)
        {
            if (content is TextContent { Text: { Length: > 0 } piece })
            {
                text.Append(piece);
                onDelta?.Invoke(piece);
            }
            else if (content is FunctionCallContent tool)
            {
                calls.Add(ChatShapes.ToolCall(tool));
            }
        }
    }

    private ModelUsage Usage(ModelTarget target, WireRecord record) =>
        settings.Prices.Usage(target, record.InputTokens, record.OutputTokens, record.CachedTokens);

    private ServiceException Failed(
        ServiceFault fault,
        ModelTarget target,
        WireRecord record,
        ProviderClient provider,
        Exception? cause
    )
    {
        // Some providers repeat the key in their complaint about it.
        fault = fault with
        {
            Message = fault.Message?.Replace(provider.Settings.ApiKey, "***", StringComparison.Ordinal),
            Usage = record.HasUsage ? Usage(target, record) : null,
        };
        return new ServiceException(fault.Describe(target.Provider), fault, cause);
    }
}
