namespace AgentControl.Engine.Dispatch;

/// <summary>How many workers each queue has in all live processes, as last read: it says how many bells are worth ringing.</summary>
internal sealed class LaneHands
{
    private volatile IReadOnlyDictionary<string, int> known = new Dictionary<string, int>();

    /// <summary>One where nothing is known: a queue that is served elsewhere under a configuration of its own.</summary>
    public int Of(string queue) => known.TryGetValue(queue, out var hands) ? hands : 1;

    /// <summary>So many bells may be under way.</summary>
    public int MostBells(string queue) => Of(queue) is > 0 and var hands ? Math.Max(100, 10 * hands) : 0;

    public void Set(IReadOnlyDictionary<string, int> hands) => known = hands;
}
