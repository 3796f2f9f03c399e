using System.Buffers;
using AgentControl.Engine.Live;

namespace AgentControl.Web.Live;

/// <summary>What is sent at the end of one window: each message is serialised once, and put into the bytes of everyone who watches it.</summary>
internal sealed class LiveWindow
{
    private readonly List<LiveClient> clients;
    private readonly Dictionary<string, (LiveAudience Audience, ArrayBufferWriter<byte> Bytes)> audiences = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<Guid, ArrayBufferWriter<byte>> jobs = [];
    private readonly ArrayBufferWriter<byte> frame = new(1024);

    public LiveWindow(IEnumerable<LiveClient> all)
    {
        clients = [.. all];
        foreach (var client in clients)
        {
            if (client.All is { } audience)
                audiences.TryAdd(audience.Key, (audience, new ArrayBufferWriter<byte>(4096)));
            else
                foreach (var job in client.Jobs.Keys)
                    jobs.TryAdd(job, new ArrayBufferWriter<byte>(1024));
        }
    }

    /// <summary>Whether somebody watches everything, so that every job counts.</summary>
    public bool WatchesAll => audiences.Count > 0;

    /// <summary>Whether the workspaces of jobs must be known.</summary>
    public bool NeedsWorkspaces => audiences.Values.Any(a => a.Audience.Visible is not null);

    public bool Watches(Guid jobId) => WatchesAll || jobs.ContainsKey(jobId);

    /// <summary>Adds a message about a job to the bytes of all that watch it.</summary>
    public void Add<T>(string target, T argument, Guid jobId, string? workspace)
    {
        var own = jobs.GetValueOrDefault(jobId);
        if (own is null && audiences.Count == 0)
            return;
        frame.ResetWrittenCount();
        LiveMessage.WriteFrame(frame, target, argument);
        own?.Write(frame.WrittenSpan);
        foreach (var (audience, bytes) in audiences.Values)
        {
            if (audience.Sees(workspace))
                bytes.Write(frame.WrittenSpan);
        }
    }

    /// <summary>Adds a message for those who watch this very job.</summary>
    public void AddForJob<T>(string target, T argument, Guid jobId)
    {
        if (!jobs.TryGetValue(jobId, out var own))
            return;
        frame.ResetWrittenCount();
        LiveMessage.WriteFrame(frame, target, argument);
        own.Write(frame.WrittenSpan);
    }

    /// <summary>Adds a message for everybody who watches everything.</summary>
    public void AddForAll<T>(string target, T argument)
    {
        frame.ResetWrittenCount();
        LiveMessage.WriteFrame(frame, target, argument);
        foreach (var (_, bytes) in audiences.Values)
            bytes.Write(frame.WrittenSpan);
    }

    public void Send()
    {
        var byAudience = audiences
            .Where(a => a.Value.Bytes.WrittenCount > 0)
            .ToDictionary(a => a.Key, a => new LiveMessage(a.Value.Bytes.WrittenMemory), StringComparer.Ordinal);
        var byJob = jobs.Where(j => j.Value.WrittenCount > 0)
            .ToDictionary(j => j.Key, j => new LiveMessage(j.Value.WrittenMemory));
        if (byAudience.Count == 0 && byJob.Count == 0)
            return;
        foreach (var client in clients)
        {
            if (client.All is { } audience)
            {
                if (byAudience.TryGetValue(audience.Key, out var message))
                    client.Send(message);
                continue;
            }
            foreach (var job in client.Jobs.Keys)
            {
                if (byJob.TryGetValue(job, out var message))
                    client.Send(message);
            }
        }
    }
}
