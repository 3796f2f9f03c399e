using AgentControl.Core.Agents;

namespace AgentControl.Agents.Synthetic;

/// <summary>Shows whoever writes an agent how each kind of schema is asked for, and gives back what was put in.</summary>
[Agent(
    "forms",
    "1",
    Description = "Takes one value of every kind that a form can ask for, and gives them back as they came."
)]
public sealed class FormsAgent : IAgent<FormsInput, FormsOutput>
{
    public Task<FormsOutput> RunAsync(FormsInput input, IJobContext job, CancellationToken cancellationToken) =>
        Task.FromResult(new FormsOutput(input));
}
