using AgentControl.Engine.Queues;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Queues;

/// <summary>Reads the hold from the settings of the queues.</summary>
internal sealed class HoldSource(QueueQueries queues) : IHoldSource
{
    public Task<HoldView> ReadAsync(CancellationToken cancellationToken) => queues.HoldAsync(cancellationToken);
}
