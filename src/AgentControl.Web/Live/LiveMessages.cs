using System.Collections.Concurrent;

namespace AgentControl.Web.Live;

/// <summary>Messages that are no events: <c>serviceChanged</c> for everybody, <c>stepOutput</c> for those who watch a job. Live only.</summary>
internal sealed class LiveMessages
{
    private const int MaxWaiting = 10_000;
    private readonly ConcurrentQueue<Action<LiveWindow>> waiting = new();

    /// <summary>To everybody who watches everything.</summary>
    public void ToAll<T>(string target, T argument) => Add(window => window.AddForAll(target, argument));

    /// <summary>To those who watch this very job.</summary>
    public void ToJob<T>(string target, T argument, Guid jobId) =>
        Add(window => window.AddForJob(target, argument, jobId));

    public void AddTo(LiveWindow window)
    {
        while (waiting.TryDequeue(out var add))
            add(window);
    }

    private void Add(Action<LiveWindow> add)
    {
        // Nobody to send to, or a pump that has stopped: what is only ever live may be lost.
        if (waiting.Count < MaxWaiting)
            waiting.Enqueue(add);
    }
}
