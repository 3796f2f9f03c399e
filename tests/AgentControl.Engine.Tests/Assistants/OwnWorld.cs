using System.Text;
using System.Text.Json;
using AgentControl.Agents.Assistant;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Tests.LanguageModels;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Assistants;

/// <summary>An engine of a test's own, for what would disturb its neighbours.</summary>
internal sealed class OwnWorld(AssistantWorld shared) : IAsyncDisposable
{
    private ModelWorld? world;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async Task<ModelWorld> StartAsync(params AssistantSettings[] settings) =>
        world = await ModelWorld.StartAsync(
            shared.Postgres,
            AssistantWorld.Agents(settings.Length == 0 ? [AssistantWorld.Careful] : settings),
            []
        );

    public async Task WriteAsync(string path, string text) =>
        await world!
            .Engine.Get<WorkspaceFiles>()
            .WriteAsync(
                new FileWrite(
                    Guid.CreateVersion7(),
                    WorkspaceName.Default,
                    WorkspacePath.Of(path),
                    Author.Person("Ana")
                ),
                new MemoryStream(Encoding.UTF8.GetBytes(text)),
                Now
            );

    /// <summary>Answers the job's only open question.</summary>
    public async Task AnswerAsync(Guid job, string answer)
    {
        var id = await world!.Engine.ScalarAsync<Guid>(
            $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        Assert.IsType<DecideOutcome.Decided>(
            await world
                .Engine.Get<ApprovalCommands>()
                .DecideAsync(
                    id,
                    ApprovalDecision.Respond,
                    1,
                    null,
                    JsonSerializer.SerializeToElement(answer),
                    Deciders.Ana,
                    Now
                )
        );
    }

    public ValueTask DisposeAsync() => world?.DisposeAsync() ?? ValueTask.CompletedTask;
}
