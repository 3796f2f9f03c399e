using AgentControl.Engine.Queues;

namespace AgentControl.Web.Shell;

/// <summary>Whether everything is held, for the bar that says so on every page.</summary>
internal interface IHoldSource
{
    Task<HoldView> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>For pages without an engine behind them.</summary>
internal sealed class NothingHeld : IHoldSource
{
    public Task<HoldView> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new HoldView(false, null, null));
}
