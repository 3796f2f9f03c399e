using System.Text;

namespace AgentControl.Engine.Live;

/// <summary>Gathers what one try of a step writes, and sends it on in windows.</summary>
internal sealed class StepOutputWriter : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private readonly StringBuilder waiting = new();
    private readonly StepOutputs outputs;
    private readonly (Guid JobId, string Key, int Attempt) whose;
    private readonly ITimer timer;
    private long sent;
    private bool armed;

    public StepOutputWriter(StepOutputs outputs, TimeProvider time, Guid jobId, string key, int attempt)
    {
        (this.outputs, whose) = (outputs, (jobId, key, attempt));
        timer = time.CreateTimer(_ => Flush(false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Write(string text)
    {
        lock (gate)
        {
            if (!outputs.IsWatched(whose.JobId))
            {
                sent += waiting.Length + text.Length;
                waiting.Clear();
                return;
            }
            waiting.Append(text);
            if (armed || waiting.Length == 0)
                return;
            armed = true;
            timer.Change(Window, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What still waits goes now.</summary>
    public void Dispose()
    {
        timer.Dispose();
        Flush(true);
    }

    private void Flush(bool ended)
    {
        // Sent under the lock, so that the pieces of one try keep their order.
        lock (gate)
        {
            armed = false;
            if (waiting.Length == 0 && !(ended && sent > 0))
                return;
            outputs.Publish(new StepOutput(whose.JobId, whose.Key, whose.Attempt, sent, waiting.ToString(), ended));
            sent += waiting.Length;
            waiting.Clear();
        }
    }
}
