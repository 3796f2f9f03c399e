using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>How an instant is said.</summary>
public enum TimeForm
{
    /// <summary>"3 min ago" under a day, else "21 Nov 14:02"; the person may switch all to the other form.</summary>
    Auto,

    /// <summary>Always "3 min ago".</summary>
    Relative,

    /// <summary>Always "21 Nov 14:02".</summary>
    Absolute,

    /// <summary>"14:32:07.114", for logs.</summary>
    Log,

    /// <summary>The time since then, growing: "1 h 12 min".</summary>
    Elapsed,

    /// <summary>The time since then in one unit, for walls: "23 min".</summary>
    Age,

    /// <summary>An estimate of the time left until then: "~42 min", later "12 min over".</summary>
    Eta,
}

/// <summary>An instant whose words tick in the browser, in the browser's time zone. <c>&lt;AcTime At="job.SubmittedAt" /&gt;</c></summary>
public sealed partial class AcTime
{
    private (DateTimeOffset, TimeForm)? _drawn;
    private bool _differs;
    private string _text = "";

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset At { get; set; }

    [Parameter]
    public TimeForm Form { get; set; }

    protected override bool ShouldRender() => _differs;

    // Until the script takes over, and where there is none: the same words from the server, absolute ones in UTC.
    protected override void OnParametersSet()
    {
        _differs = _drawn != (At, Form);
        if (_differs)
        {
            _drawn = (At, Form);
            _text = Formats.Time(At, Form, Clock.GetUtcNow());
        }
    }
}
