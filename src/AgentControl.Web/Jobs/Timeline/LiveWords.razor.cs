using AgentControl.Engine.Live;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>What the steps of a job write while they run, such as the words of a model: only live, drawn with the circuit's beat, gone when the step ends.</summary>
public sealed partial class LiveWords : IStepOutputWatcher
{
    private const int MostShown = 2000;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Said> _said = new(StringComparer.Ordinal);
    private IReadOnlyList<KeyValuePair<string, Said>> _shown = [];
    private IDisposable? _hearing;
    private int _recoveries;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    /// <summary>How often the job was taken up anew: what a lost worker's steps wrote is worth nothing any more.</summary>
    [Parameter]
    public int Recoveries { get; set; }

    [Inject]
    private StepOutputs Outputs { get; set; } = null!;

    [Inject]
    private UiPulse Pulse { get; set; } = null!;

    public void Dispose()
    {
        _hearing?.Dispose();
        Pulse.Withdraw(OnBeat);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _hearing = Outputs.Watch(this);
    }

    protected override void OnParametersSet()
    {
        if (_recoveries == Recoveries)
            return;
        _recoveries = Recoveries;
        lock (_gate)
            _said.Clear();
        _shown = [];
    }

    IEnumerable<Guid> IStepOutputWatcher.Jobs => [JobId];

    bool IStepOutputWatcher.Watches(Guid jobId) => jobId == JobId;

    void IStepOutputWatcher.Hear(StepOutput output)
    {
        lock (_gate)
        {
            if (output.Ended)
                _said.Remove(output.Key);
            else
                _said[output.Key] = Said.After(_said.GetValueOrDefault(output.Key), output);
        }
        Pulse.Request(OnBeat);
    }

    private void OnBeat() =>
        _ = InvokeAsync(() =>
        {
            lock (_gate)
                _shown = [.. _said];
            StateHasChanged();
        });

    /// <param name="Text">Its end, where it is long.</param>
    /// <param name="Next">The number of the character that comes next.</param>
    private sealed record Said(int Attempt, string Text, long Next)
    {
        public static Said After(Said? before, StepOutput output)
        {
            var known = before?.Attempt == output.Attempt ? before : new(output.Attempt, "", 0);
            var text = known.Text + (output.From > known.Next ? "… " : "") + output.Text;
            return new(
                output.Attempt,
                text.Length > MostShown ? "… " + text[^MostShown..] : text,
                output.From + output.Text.Length
            );
        }
    }
}
