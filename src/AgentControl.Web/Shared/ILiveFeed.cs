namespace AgentControl.Web.Shared;

/// <summary>Tells which topics changed. The engine's feed stands behind it.</summary>
internal interface ILiveFeed
{
    /// <summary>Calls <paramref name="changed"/> after something of the topic changed, on any thread; it must return at once. Dispose to end.</summary>
    IDisposable Subscribe(string topic, Action changed);
}

/// <summary>The topics that parts of a page may live by.</summary>
internal static class LiveTopic
{
    /// <summary>Any job changed, came or ended.</summary>
    public const string Jobs = "jobs";

    /// <summary>Any job ended.</summary>
    public const string Ends = "ends";

    /// <summary>Any request to a person came or was decided.</summary>
    public const string Approvals = "approvals";

    /// <summary>A job told of something unexpected.</summary>
    public const string Anomalies = "anomalies";

    /// <summary>Failures were put to their groups, or somebody decided about a group.</summary>
    public const string Failures = "failures";

    /// <summary>The settings of queues changed, or everything was held or released.</summary>
    public const string Queues = "queues";

    /// <summary>The circuit of any service changed.</summary>
    public const string Services = "services";

    /// <summary>The tools of any MCP server were accepted.</summary>
    public const string McpServers = "mcpServers";

    /// <summary>A schedule was changed, or did something.</summary>
    public const string Schedules = "schedules";

    /// <summary>The feed of notifications, or what somebody has read of it, changed.</summary>
    public const string Notifications = "notifications";

    /// <summary>The audit log has new lines.</summary>
    public const string Audit = "audit";

    /// <summary>The database answers again after a silence: whatever is shown may have changed meanwhile. All parts follow it by themselves.</summary>
    public const string Contact = "contact";

    /// <summary>One job: its state, progress or events.</summary>
    public static string Job(Guid id) => $"job:{id:N}";

    /// <summary>One workspace: files, activity, comments.</summary>
    public static string Workspace(string name) => $"workspace:{name}";
}

/// <summary>A feed in this process, for topics that are published here and for tests.</summary>
internal sealed class LocalLiveFeed : ILiveFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Action>> _listeners = new(StringComparer.Ordinal);

    public IDisposable Subscribe(string topic, Action changed)
    {
        lock (_gate)
        {
            if (!_listeners.TryGetValue(topic, out var listeners))
            {
                _listeners[topic] = listeners = [];
            }

            listeners.Add(changed);
        }

        return new Subscription(this, topic, changed);
    }

    /// <summary>Tells every listener of the topic.</summary>
    public void Publish(string topic)
    {
        Action[] listeners;
        lock (_gate)
        {
            listeners = _listeners.TryGetValue(topic, out var found) ? [.. found] : [];
        }

        foreach (var listener in listeners)
        {
            listener();
        }
    }

    private void Remove(string topic, Action changed)
    {
        lock (_gate)
        {
            if (_listeners.TryGetValue(topic, out var listeners) && listeners.Remove(changed) && listeners.Count == 0)
            {
                _listeners.Remove(topic);
            }
        }
    }

    private sealed class Subscription(LocalLiveFeed feed, string topic, Action changed) : IDisposable
    {
        public void Dispose() => feed.Remove(topic, changed);
    }
}
