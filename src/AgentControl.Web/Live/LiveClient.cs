using System.Collections.Concurrent;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.SignalR;

namespace AgentControl.Web.Live;

/// <summary>One connection: what it watches, and what waits to be sent to it. A slow one is bounded, then told to read the log.</summary>
internal sealed class LiveClient(HubConnectionContext connection, Caller? caller, TimeProvider time)
{
    private const int MaxWaiting = 20;
    private const int MaxWaitingBytes = 2 * 1024 * 1024;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly Queue<LiveMessage> waiting = new();
    private int waitingBytes;
    private long sendingSince;
    private bool sending;
    private bool missed;

    public Caller? Caller { get; set; } = caller;

    /// <summary>The watched jobs and the workspaces they belong to.</summary>
    public ConcurrentDictionary<Guid, string> Jobs { get; } = new();

    /// <summary>Whose jobs it watches all of; null for none.</summary>
    public LiveAudience? All { get; set; }

    /// <summary>Sends now, or as soon as the connection takes it. Never waits.</summary>
    public void Send(LiveMessage message)
    {
        lock (gate)
        {
            if (!sending)
            {
                sending = true;
                sendingSince = time.GetTimestamp();
            }
            else
            {
                KeepOrDrop_NeedsGate(message);
                return;
            }
        }
        _ = SendAllAsync(message);
    }

    /// <summary>Ends a connection that has taken nothing for long.</summary>
    public void EndIfStuck()
    {
        lock (gate)
        {
            if (!sending || time.GetElapsedTime(sendingSince) < GiveUpAfter)
                return;
        }
        connection.Abort();
    }

    public void End() => connection.Abort();

    private void KeepOrDrop_NeedsGate(LiveMessage message)
    {
        if (waiting.Count >= MaxWaiting || waitingBytes + message.Bytes > MaxWaitingBytes)
        {
            waiting.Clear();
            waitingBytes = 0;
            missed = true;
        }
        if (missed)
            return;
        waiting.Enqueue(message);
        waitingBytes += message.Bytes;
    }

    private async Task SendAllAsync(LiveMessage first)
    {
        try
        {
            for (LiveMessage? message = first; message is not null; message = Next())
                await connection.WriteAsync(message, connection.ConnectionAborted);
        }
        catch (Exception)
        {
            // The connection is gone; its end is reported where connections end.
            connection.Abort();
        }
    }

    private LiveMessage? Next()
    {
        lock (gate)
        {
            sendingSince = time.GetTimestamp();
            if (waiting.TryDequeue(out var next))
            {
                waitingBytes -= next.Bytes;
                return next;
            }
            if (missed)
            {
                missed = false;
                return LiveMessage.ReadAgain;
            }
            sending = false;
            return null;
        }
    }
}
