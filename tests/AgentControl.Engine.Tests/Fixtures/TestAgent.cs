using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Core.Agents;

namespace AgentControl.Engine.Tests.Fixtures;

/// <summary>An agent whose code is the test's own lambda.</summary>
[Agent("test", "1")]
internal sealed class TestAgent(Func<JsonElement, IJobContext, CancellationToken, Task<object?>> code)
    : IAgent<JsonElement, object?>
{
    public Task<object?> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken) =>
        code(input, job, cancellationToken);

    public static AgentDefinition Of(Func<JsonElement, IJobContext, CancellationToken, Task<object?>> code) =>
        AgentDefinition.Of<TestAgent, JsonElement, object?>(_ => new TestAgent(code));

    public static AgentDefinition Of(Func<IJobContext, Task<object?>> code) => Of((_, job, _) => code(job));
}
