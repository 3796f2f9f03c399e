using AgentControl.Engine.Live;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>What the steps of a job write while they run, such as the words of a model: only live, drawn with the circuit's beat, gone when the step ends.</summary>
public sealed partial class LiveWords
{
    private const int MostShown = 2000;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Said> _said = new(StringComparer.Ordinal);
    private IReadOnlyList<KeyValuePair<string, Said>> _shown = [];
    private IDisposable? _hearing;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

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
            _hearing = Outputs.Subscribe(Hear);
    }

    private void Hear(StepOutput output)
    {
        if (output.JobId != JobId)
            return;
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
    private sealed record Said(int Attempt, string Text)
    {
        public static Said After(Said? before, StepOutput output)
        {
            var text = before?.Attempt == output.Attempt ? before.Text + output.Text : output.Text;
            if (before?.Attempt != output.Attempt && output.From > 0)
                text = "… " + text;
            return new(output.Attempt, text.Length > MostShown ? "… " + text[^MostShown..] : text);
        }
    }
}
