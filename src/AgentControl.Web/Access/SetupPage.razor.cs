using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Access;

/// <summary>The first admin, by the printed link. Once there is one, this page does not exist.</summary>
public sealed partial class SetupPage
{
    [Inject]
    private FirstAdmin FirstAdmin { get; set; } = null!;

    [Inject]
    private PasswordSignIn SignIn { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Token { get; set; }

    [SupplyParameterFromForm]
    private SetupForm? Form { get; set; }

    private string? Given => Form?.Token ?? Token;

    private bool HoldsToken { get; set; }

    private bool IsSent => HttpMethods.IsPost(Context.Request.Method);

    private Dictionary<string, string> Errors { get; set; } = [];

    protected override async Task OnInitializedAsync()
    {
        if (await FirstAdmin.ExistsAsync(Context.RequestAborted))
            Navigation.NotFound();
        else
            HoldsToken = await FirstAdmin.IsTokenAsync(Given, Context.RequestAborted);
    }

    private async Task MakeAsync()
    {
        if (!HoldsToken)
        {
            Context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        Errors = Form?.Errors() ?? [];
        if (Form is null || Errors.Count > 0)
            return;
        var person = new NewPerson(Form.Name!, Form.Email!, Form.Password!);
        var from = RequestOrigin.Of(Context);
        var outcome = await FirstAdmin.MakeByTokenAsync(Given, person, from, Context.RequestAborted);
        switch (outcome.Result)
        {
            case FirstAdminResult.Made:
                await SignIn.TryAsync(person.Email, person.Password, Context);
                Navigation.NavigateTo(FirstStepsPage.Address);
                break;
            case FirstAdminResult.AlreadyThere:
                Navigation.NotFound();
                break;
            case FirstAdminResult.WrongToken:
                HoldsToken = false;
                break;
            default:
                foreach (var error in outcome.Errors)
                    Errors[SetupForm.FieldOf(error)] = error.Description;
                break;
        }
    }

    private string? Invalid(string field) => Errors.ContainsKey(field) ? "true" : null;
}
