using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>
/// Signs a screen in by a display key, without a circuit: a cookie can only be set by an answer. The key travels in the body of a form;
/// a link carries it behind the #, which browsers send to nobody, and a script puts it into the form.
/// </summary>
public sealed partial class DisplayPage
{
    [Inject]
    private DisplaySignIn SignIn { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [SupplyParameterFromForm]
    private DisplayForm? Form { get; set; }

    private bool Wrong { get; set; }

    private bool IsDisplay => DisplayCookie.IsDisplay(Context.User.ToCaller());

    private async Task SignInAsync()
    {
        if (await SignIn.TryAsync(Form?.Key, Context))
            Navigation.NavigateTo("/wall");
        else
            Wrong = true;
    }

    private sealed class DisplayForm
    {
        public string? Key { get; set; }
    }
}
